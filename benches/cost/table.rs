//! The report: a line for each comparison, for a terminal or for a page.

use crate::measure::{Costs, Measure};

/// One comparison.
pub struct Row {
    /// What of ours.
    pub what: String,
    /// What it is compared with.
    pub against: String,
    /// What ours cost.
    pub ours: Costs,
    /// What the other cost.
    pub theirs: Costs,
    /// The highest ratio that is allowed.
    pub budget: Option<f64>,
}

/// Rows that were measured in one repository, or why there are none.
pub struct Section {
    /// The repository.
    pub title: String,
    /// What was compared; the error says which answer was wrong.
    pub rows: Result<Vec<Row>, String>,
    /// What else there is to say.
    pub notes: Vec<String>,
}

impl Section {
    /// Whether all answers were right.
    pub fn is_right(&self) -> bool {
        self.rows.is_ok()
    }

    /// The section as a table in Markdown, whose source is aligned.
    pub fn show(&self, measure: Measure) -> String {
        let mut text = format!("\n### {}\n\n", self.title);
        match &self.rows {
            Err(wrong) => text += &format!("FAIL {wrong}\n"),
            Ok(rows) if rows.is_empty() => {}
            Ok(rows) => text += &table(rows, measure),
        }
        for note in &self.notes {
            text += &format!("\n{note}\n");
        }
        text
    }
}

fn table(rows: &[Row], measure: Measure) -> String {
    let head = ["ours", "against", "ours", "theirs", "ratio", "middle half", "budget"].map(str::to_owned);
    let lines: Vec<[String; 7]> =
        std::iter::once(head).chain(rows.iter().map(|row| line(row, measure))).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        text += &format!("| {} |\n", cells.join(" | "));
        if number == 0 {
            let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            text += &format!("| {} |\n", rules.join(" | "));
        }
    }
    text
}

fn line(row: &Row, measure: Measure) -> [String; 7] {
    let (ours, theirs, unit) = (row.ours.median(), row.theirs.median(), measure.unit());
    let ratio = ours / theirs;
    let (low, high) = row.ours.spread(&row.theirs);
    let verdict = |budget: f64| {
        let verdict = if ratio <= budget { "kept" } else { "MISSED" };
        format!("{} {verdict}", self::ratio(budget))
    };
    [
        row.what.clone(),
        row.against.clone(),
        format!("{} {unit}", number(ours)),
        format!("{} {unit}", number(theirs)),
        self::ratio(ratio),
        format!("{} to {}", self::ratio(low), self::ratio(high)),
        row.budget.map(verdict).unwrap_or_default(),
    ]
}

/// Three digits that count.
fn number(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// What is far below one is easier read the other way round.
fn ratio(value: f64) -> String {
    if value < 0.1 { format!("1/{:.0}", 1.0 / value) } else { number(value) }
}
