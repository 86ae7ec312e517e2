//! The look of all tables: a rule above, one below the header, one at the end, and no lines between.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, LineStyle, Table, TableStyle, Width};

/// A table without rows.
pub(super) fn ruled(header: impl IntoIterator<Item = impl Into<Cell>>) -> Table {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().top_border(rule).header_separator(rule).bottom_border(rule));
    let header: Vec<Cell> = header.into_iter().map(Into::into).collect();
    table.set_header(header);
    table
}

/// A table with its first column on the left and numbers on the right.
pub(super) fn numbers(
    header: impl IntoIterator<Item = impl Into<Cell>>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Table {
    let mut table = ruled(header);
    rows.into_iter().for_each(|row| {
        table.add_row(row);
    });
    let columns = 1..table.column_count();
    align_right(&mut table, columns);
    table
}

/// Puts columns of numbers on the right.
pub(super) fn align_right(table: &mut Table, columns: impl IntoIterator<Item = usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Holds columns to a width; longer texts go on in the next line.
pub(super) fn hold(table: &mut Table, columns: impl IntoIterator<Item = (usize, u16)>) {
    for (column, width) in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(width)));
        }
    }
}
