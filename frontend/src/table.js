/* A chart has no numbers of its own: it reads the table that stands beside it. */

const number = (cell) => {
  const text = cell.dataset.value ?? cell.textContent.replace(/[,\s]/g, "");
  const value = parseFloat(text);
  return Number.isNaN(value) ? null : value;
};

/** Categories, series and rows of a table: the first cell of a row names it, every other column is a series. */
export function readTable(table) {
  const heads = [...table.tHead.rows[0].cells];
  const used = heads.map((head, at) => ({ at, name: head.textContent.trim(), skip: "skip" in head.dataset })).filter(({ at, skip }) => at && !skip);
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.cells.length > 1);
  return {
    categories: rows.map((row) => row.cells[0].textContent.trim()),
    series: used.map(({ at, name }) => ({ name, values: rows.map((row) => number(row.cells[at])) })),
    rows,
  };
}
