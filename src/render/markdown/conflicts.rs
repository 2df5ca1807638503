//! Which pairs collide, as a document.

use std::fmt::Write as _;

use crate::model::matrix::{Matrix, Whose};
use crate::model::meeting::Meeting;
use crate::render::escape::markdown;
use crate::render::words::conflicts as words;

/// A heading, the matrix as a table, and a list for each conflict.
pub fn report(matrix: &Matrix) -> String {
    let mut text = format!("## Conflicts of {}\n\n", matrix.run);
    let is_task = |place: usize| matches!(matrix.sides[place].of, Whose::Task(_));
    let columns: Vec<usize> = (0..matrix.sides.len()).filter(|place| is_task(*place)).collect();
    let heads: String =
        columns.iter().map(|place| format!(" {} |", words::name(&matrix.sides[*place]))).collect();
    let _ = writeln!(text, "| |{heads}\n|---|{}", "---|".repeat(columns.len()));
    for (row, side) in matrix.sides.iter().enumerate() {
        let cells: String = columns
            .iter()
            .map(|column| match words::sign(matrix.meeting(row, *column)) {
                "" => " |".to_owned(),
                sign => format!(" `{sign}` |"),
            })
            .collect();
        let _ = writeln!(text, "| {} |{cells}", words::name(side));
    }
    let legend = words::legend(matrix);
    if !legend.is_empty() {
        let _ = writeln!(text, "\n{}", markdown(legend));
    }
    for aside in matrix.sides.iter().filter_map(words::beyond).chain(matrix.touching.iter().map(words::touch))
    {
        let _ = writeln!(text, "\n- {}", markdown(aside));
    }
    for pair in &matrix.pairs {
        if matches!(pair.meeting, Meeting::Apart | Meeting::Together(_)) {
            continue;
        }
        let _ = writeln!(text, "\n### {}\n", words::heading(matrix, pair).to_markdown());
        for collision in pair.meeting.collisions() {
            let _ = writeln!(text, "- {}", words::collision(matrix, pair, collision).to_markdown());
        }
    }
    for unknown in &matrix.unknown {
        let _ = writeln!(text, "\nUnknown: {}", markdown(unknown));
    }
    text
}
