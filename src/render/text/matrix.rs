//! All pairs as a table: one row for each side, one column for each task before it.
//!
//! A few columns stand apart under their names. Where there are many, only the sides that meet
//! somebody have a row, and each column is one character wide under a number that is written
//! downwards; so fifty tasks fit on a terminal.

use crate::model::matrix::Matrix;
use crate::model::meeting::Meeting;
use crate::render::text::colour::{Colour, Hue};
use crate::render::words::conflicts as words;

/// The most columns that stand apart.
const MAX_APART: usize = 16;

/// The longest name over a column of a wide table.
const MAX_HEAD: usize = 4;

/// After so many narrow columns there is a gap, to keep the eye in its column.
const GROUP: usize = 5;

/// The table; empty where there are no pairs.
pub fn table(matrix: &Matrix, colour: Colour) -> String {
    let all: Vec<usize> = (0..matrix.sides.len()).filter(|place| takes_part(matrix, *place)).collect();
    if columns(matrix, &all).len() <= MAX_APART {
        return apart(matrix, &all, colour);
    }
    let meeting: Vec<usize> = all.iter().copied().filter(|place| meets(matrix, *place)).collect();
    let mut table = match columns(matrix, &meeting).len() {
        0..=MAX_APART => apart(matrix, &meeting, colour),
        _ => close(matrix, &meeting, colour),
    };
    let others = all.len() - meeting.len();
    if others > 0 && !meeting.is_empty() {
        let others = format!("{} in common with anybody", count_others(others));
        table += &format!("\n{}\n", colour.paint(Hue::Faint, &others));
    }
    table
}

fn count_others(others: usize) -> String {
    match others {
        1 => "1 more has nothing".to_owned(),
        _ => format!("{others} more have nothing"),
    }
}

fn takes_part(matrix: &Matrix, place: usize) -> bool {
    matrix.pairs.iter().any(|pair| pair.one == place || pair.other == place)
}

fn meets(matrix: &Matrix, place: usize) -> bool {
    let is_meeting = |meeting: &Meeting| *meeting != Meeting::Apart;
    matrix.pairs.iter().any(|pair| (pair.one == place || pair.other == place) && is_meeting(&pair.meeting))
}

/// The last side has no column: nobody comes after it.
fn columns(matrix: &Matrix, rows: &[usize]) -> Vec<usize> {
    let all = rows.iter().copied().filter(|place| matrix.sides[*place].is_task());
    all.take(rows.len().saturating_sub(1)).collect()
}

fn apart(matrix: &Matrix, rows: &[usize], colour: Colour) -> String {
    let columns = columns(matrix, rows);
    if columns.is_empty() {
        return String::new();
    }
    let name = |place: usize| words::name(&matrix.sides[place]);
    let width = rows.iter().map(|place| name(*place).len()).max().unwrap_or_default();
    let heads: String = columns.iter().map(|place| format!("  {}", head(name(*place)))).collect();
    let mut lines = vec![colour.paint(Hue::Faint, &format!("{:width$}{heads}", ""))];
    for row in rows.iter().skip(1) {
        let signs = columns.iter().take_while(|column| *column < row).map(|column| {
            format!("  {:>1$}", words::sign(matrix.meeting(*row, *column)), head(name(*column)).len())
        });
        lines.push(format!("{:width$}{}", name(*row), signs.collect::<String>()));
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn close(matrix: &Matrix, rows: &[usize], colour: Colour) -> String {
    let columns = columns(matrix, rows);
    let name = |place: usize| words::name(&matrix.sides[place]);
    let are_short = columns.iter().all(|place| head(name(*place)).len() <= MAX_HEAD);
    let number = |place: usize| {
        let number = rows.iter().position(|row| *row == place).unwrap_or_default() + 1;
        if are_short { head(name(place)).to_owned() } else { number.to_string() }
    };
    let label = |place: usize| match are_short {
        true => name(place).to_owned(),
        false => format!("{:>3} {}", number(place), name(place)),
    };
    let width = rows.iter().map(|place| label(*place).len()).max().unwrap_or_default();
    let heads: Vec<String> = columns.iter().map(|place| number(*place)).collect();
    let height = heads.iter().map(String::len).max().unwrap_or_default();
    let mut lines = Vec::new();
    for line in 0..height {
        let digit = |head: &String| format!("{head:>height$}")[line..=line].to_owned();
        let digits = spaced(heads.iter().map(digit));
        lines.push(colour.paint(Hue::Faint, &format!("{:width$}{digits}", "")));
    }
    for row in rows.iter().skip(1) {
        let signs = columns.iter().take_while(|column| *column < row);
        let signs = spaced(signs.map(|column| words::sign(matrix.meeting(*row, *column)).to_owned()));
        lines.push(format!("{:width$}{signs}", label(*row)));
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Characters with a gap before each group; a sign that is empty takes its place all the same.
fn spaced(signs: impl Iterator<Item = String>) -> String {
    let gap = |place: usize| if place.is_multiple_of(GROUP) { "  " } else { "" };
    signs.enumerate().map(|(place, sign)| format!("{}{sign:1}", gap(place))).collect()
}

/// A task's number where its name is one, to keep columns narrow.
fn head(name: &str) -> &str {
    name.strip_prefix("task-").filter(|rest| !rest.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::matrix::{Beyond, Pair, Side, Whose, pairs};
    use crate::model::name::{RunName, TaskName};
    use crate::model::status::sample;

    /// A matrix of tasks with these names, in which every `step`-th pair shares a path.
    fn matrix(names: impl Iterator<Item = String>, step: usize) -> Matrix {
        let side = |name: String| Side {
            of: Whose::Task(TaskName::new(&name).expect("a name")),
            branch: format!("work/{name}"),
            tip: sample::id(1),
            worktree: Beyond::Nothing,
        };
        let sides: Vec<Side> = names.map(side).collect();
        let meeting = |place: usize| match place % step {
            0 => Meeting::Together(vec!["shared".into()]),
            _ => Meeting::Apart,
        };
        let places = pairs(&sides).into_iter().enumerate();
        let pairs =
            places.map(|(place, (one, other))| Pair { one, other, meeting: meeting(place) }).collect();
        let run = RunName::new("run").expect("a name");
        Matrix { run, sides, pairs, touching: Vec::new(), unknown: Vec::new() }
    }

    #[test]
    fn few_columns_stand_under_their_names() {
        let names = ["task-1-api", "core", "task-3-x"].map(str::to_owned);
        let expect = "        1  core\ncore    =\ntask-3  .     =\n";
        assert_eq!(table(&matrix(names.into_iter(), 2), Colour::when(false)), expect);
    }

    #[test]
    fn fifty_tasks_fit_on_a_terminal() {
        let fifty = || (1..=50).map(|number| format!("task-{number}-part"));
        let all = table(&matrix(fifty(), 3), Colour::when(false));
        assert!(all.lines().all(|line| line.len() <= 80), "it fits on a terminal:\n{all}");
        assert_eq!(all.lines().count(), 2 + 49, "two lines of numbers, a row for all but the first:\n{all}");
        let few = table(&matrix(fifty(), 400), Colour::when(false));
        assert!(few.ends_with("more have nothing in common with anybody\n"), "{few}");
        let named = table(&matrix((1..=50).map(|number| format!("part-{number}")), 3), Colour::when(false));
        assert!(named.contains("\n 50 part-50  "), "a long name has a number:\n{named}");
    }
}
