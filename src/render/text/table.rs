//! Columns that line up.

use crate::render::text::colour::{Colour, Hue};

/// A table whose cells are escaped already. The last column is never padded, so only that one may
/// hold colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(headings: &[&'static str]) -> Table {
        Table { headings: headings.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; it has as many cells as there are headings.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// One line for the headings and one for each row.
    pub fn show(&self, colour: Colour) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.max().unwrap_or(0).max(self.headings[column].len())
        };
        let widths: Vec<usize> = (0..self.headings.len()).map(width).collect();
        let headings: Vec<String> = self.headings.iter().map(ToString::to_string).collect();
        let mut out = format!("{}\n", colour.paint(Hue::Faint, &line(&headings, &widths)));
        for row in &self.rows {
            out += &line(row, &widths);
            out.push('\n');
        }
        out
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut out = String::new();
    for (place, cell) in cells.iter().enumerate() {
        out += cell;
        if place + 1 < cells.len() {
            let padding = widths[place].saturating_sub(cell.chars().count()) + 2;
            out.extend(std::iter::repeat_n(' ', padding));
        }
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_characters() {
        let mut table = Table::new(&["A", "Name", "Last"]);
        table.row(vec!["é".into(), "x".into(), "end".into()]);
        table.row(vec!["abc".into(), "longer".into(), String::new()]);
        assert_eq!(table.show(Colour::Off), "A    Name    Last\né    x       end\nabc  longer\n");
    }
}
