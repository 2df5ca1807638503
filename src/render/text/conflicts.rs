//! Which pairs collide: a matrix, then each conflict with its places.

use std::fmt::Write as _;

use crate::model::matrix::{Matrix, Whose};
use crate::model::meeting::Meeting;
use crate::render::escape;
use crate::render::text::colour::{Colour, Hue};
use crate::render::words::conflicts as words;
use crate::render::words::count;

/// The whole answer.
pub fn report(matrix: &Matrix, colour: Colour) -> String {
    let mut text = table(matrix, colour);
    let legend = words::legend(matrix);
    if !legend.is_empty() {
        let _ = writeln!(text, "\n{}", colour.paint(Hue::Faint, &legend));
    }
    let aside = matrix.sides.iter().filter_map(words::beyond).chain(matrix.touching.iter().map(words::touch));
    let aside: Vec<String> = aside.collect();
    if !aside.is_empty() {
        let _ = writeln!(text, "\n{}", aside.join("\n"));
    }
    for pair in &matrix.pairs {
        let hue = match &pair.meeting {
            Meeting::Apart | Meeting::Together(_) => continue,
            Meeting::Conflict { .. } => Hue::Bad,
            Meeting::Unknown(_) => Hue::Warning,
        };
        let _ = writeln!(text, "\n{}", colour.paint(hue, &words::heading(matrix, pair).to_text()));
        for collision in pair.meeting.collisions() {
            let _ = writeln!(text, "  {}", words::collision(matrix, pair, collision).to_text());
        }
    }
    for unknown in &matrix.unknown {
        let _ = writeln!(text, "\nunknown: {}", escape::terminal(unknown));
    }
    let _ = writeln!(text, "\n{}", sum(matrix));
    text.trim_start_matches('\n').to_owned()
}

fn sum(matrix: &Matrix) -> String {
    let conflicts = matrix.pairs.iter().filter(|pair| pair.meeting.is_conflict()).count();
    let pairs = count(matrix.pairs.len(), "pair");
    match (matrix.pairs.len(), conflicts) {
        (0, _) => "no work meets".into(),
        (_, 0) => format!("no conflict in {pairs}"),
        _ => format!("{} in {pairs}", count(conflicts, "conflict")),
    }
}

/// One row for each side that takes part; a column for each task before it.
fn table(matrix: &Matrix, colour: Colour) -> String {
    let taking_part =
        |place: &usize| matrix.pairs.iter().any(|pair| pair.one == *place || pair.other == *place);
    let sides: Vec<usize> = (0..matrix.sides.len()).filter(taking_part).collect();
    let name = |place: usize| words::name(&matrix.sides[place]);
    let width = sides.iter().map(|place| name(*place).len()).max().unwrap_or_default();
    let is_task = |place: &&usize| matches!(matrix.sides[**place].of, Whose::Task(_));
    let columns: Vec<(usize, &str)> =
        sides.iter().filter(is_task).map(|place| (*place, head(name(*place)))).collect();
    let columns = &columns[..columns.len().min(sides.len().saturating_sub(1))];
    let heads: String = columns.iter().map(|(_, head)| format!("  {head}")).collect();
    let mut lines = vec![colour.paint(Hue::Faint, &format!("{:width$}{heads}", ""))];
    for row in sides.iter().skip(1) {
        let signs = columns.iter().take_while(|(column, _)| column < row).map(|(column, head)| {
            format!("  {:>1$}", words::sign(matrix.meeting(*row, *column)), head.len())
        });
        lines.push(format!("{:width$}{}", name(*row), signs.collect::<String>()));
    }
    let table: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    if columns.is_empty() { String::new() } else { table }
}

/// A task's number where its name is one, to keep columns narrow.
fn head(name: &str) -> &str {
    name.strip_prefix("task-").filter(|rest| !rest.is_empty()).unwrap_or(name)
}
