"""What not everybody sees who may see the record."""

# What goods cost: purchase prices, the values of stock, margins. Whoever lacks it is not shown the figure, and can't
# set it, filter by it or sort by it.
SEE_COST = "stock.see_cost_inventory"
