//! Which pairs collide: a matrix, then each conflict with its places.

use std::fmt::Write as _;

use crate::model::matrix::Matrix;
use crate::model::meeting::Meeting;
use crate::render::escape;
use crate::render::text::colour::{Colour, Hue};
use crate::render::text::matrix;
use crate::render::words::conflicts as words;
use crate::render::words::count;

/// The whole answer.
pub fn report(matrix: &Matrix, colour: Colour) -> String {
    let mut text = matrix::table(matrix, colour);
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
