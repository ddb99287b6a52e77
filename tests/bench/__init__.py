"""Hand-made-looking workbooks, right, harmlessly odd and with one mistake each, and what a check should say of them."""
