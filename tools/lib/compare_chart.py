"""The chart of tools/compare: bars on a logarithmic scale, as SVG without a library."""

import math

ROWS = [
    ("for_update_two_transactions", "row locks, two transactions an order (orders)", "#b0b4ba"),
    ("for_update_one_transaction", "row locks, one transaction an order (orders)", "#b0b4ba"),
    ("update_only", "updates without locking first (orders)", "#b0b4ba"),
    ("echo_1", "empty gRPC handler, one a call", "#b0b4ba"),
    ("uniform_1", "Suanpan, one transfer a call", "#1f6feb"),
    ("hot_1", "Suanpan, one a call, one hot account", "#1f6feb"),
    ("tigerbeetle", "TigerBeetle, 8,190 a batch", "#b0b4ba"),
    ("copy", "PostgreSQL's COPY alone, 8,000 rows a transaction", "#b0b4ba"),
    ("uniform_8000", "Suanpan, 8,000 a batch", "#1f6feb"),
    ("zipf_8000", "Suanpan, 8,000 a batch, zipf", "#1f6feb"),
    ("two_way_hot_8000", "Suanpan, 8,000 a batch, transit and merchant hot", "#1f6feb"),
    ("hot_8000", "Suanpan, 8,000 a batch, one hot account", "#1f6feb"),
]
WIDTH, LEFT, BAR, GAP, TOP, RIGHT = 920, 360, 20, 10, 56, 90
LEAST = 100


def chart(medians):
    """`medians`: figures a second by name. Those that were not measured have no bar."""
    rows = [(medians[name], text, colour) for name, text, colour in ROWS if medians.get(name)]
    most = 10 ** math.ceil(math.log10(max([LEAST * 10] + [value for value, _, _ in rows])))
    height = TOP + len(rows) * (BAR + GAP) + 34

    def at(value):
        share = math.log10(max(value, LEAST) / LEAST) / math.log10(most / LEAST)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
             f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="13">',
             f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
             '<text x="16" y="26" font-size="16" font-weight="bold">'
             'Durable postings a second, all on one machine (logarithmic)</text>']
    mark = LEAST
    while mark <= most:
        parts.append(f'<line x1="{at(mark):.0f}" y1="{TOP - 10}" x2="{at(mark):.0f}" '
                     f'y2="{height - 28}" stroke="#e3e5e8"/>')
        parts.append(f'<text x="{at(mark):.0f}" y="{height - 10}" text-anchor="middle" '
                     f'fill="#666">{mark:,}</text>')
        mark *= 10
    for index, (value, text, colour) in enumerate(rows):
        y = TOP + index * (BAR + GAP)
        parts.append(f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{text}</text>')
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{at(value) - LEFT:.0f}" height="{BAR}" '
                     f'fill="{colour}"/>')
        parts.append(f'<text x="{at(value) + 6:.0f}" y="{y + 15}">{value:,.0f}</text>')
    return "\n".join(parts + ["</svg>", ""])
