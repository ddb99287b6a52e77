"""What all judges stand on: the workbook as it is stored, its fill-downs, formulas told apart."""
