"""Treasury bills: TBILLEQ, TBILLPRICE, TBILLYIELD. Source: Microsoft, the page of each function."""

import math

from ...values import NUM, CellError
from ..kinds import Context, Result, ToolpakNumber
from ..registry import function
from ..serials import day_of, serial_of, whole_days


def _days(settlement: float, maturity: float, context: Context) -> int | CellError:
    """Days from settlement to maturity, of which there may be one year at most."""
    date1904 = context.run.book.settings.date1904
    first, last = whole_days(settlement, date1904), whole_days(maturity, date1904)
    if first is None or last is None or first >= last:
        return NUM
    start = day_of(first)
    return NUM if last > serial_of(start.year + 1, start.month, start.day) else last - first


@function("TBILLPRICE")
def tbillprice(settlement: ToolpakNumber, maturity: ToolpakNumber, discount: ToolpakNumber, context: Context) -> Result:
    days = _days(settlement, maturity, context)
    if isinstance(days, CellError) or discount <= 0.0:
        return NUM
    price = 100.0 * (1.0 - discount * days / 360.0)
    return NUM if price < 0.0 else price


@function("TBILLYIELD")
def tbillyield(settlement: ToolpakNumber, maturity: ToolpakNumber, price: ToolpakNumber, context: Context) -> Result:
    days = _days(settlement, maturity, context)
    if isinstance(days, CellError) or price <= 0.0:
        return NUM
    return (100.0 - price) / price * (360.0 / days)


@function("TBILLEQ")
def tbilleq(settlement: ToolpakNumber, maturity: ToolpakNumber, discount: ToolpakNumber, context: Context) -> Result:
    """Beyond half a year the yield of a bond that pays twice a year."""
    days = _days(settlement, maturity, context)
    if isinstance(days, CellError) or discount <= 0.0:
        return NUM
    if days <= 182:
        return 365.0 * discount / (360.0 - discount * days)
    price = 1.0 - discount * days / 360.0
    if price <= 0.0:
        return NUM
    year = 366.0 if days == 366 else 365.0
    term = days / year
    root = math.sqrt(term * term - (2.0 * term - 1.0) * (1.0 - 1.0 / price))
    return 2.0 * (root - term) / (2.0 * term - 1.0)
