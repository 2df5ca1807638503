//! A command in a repository, struck at its calls one by one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::stage::Stage;
use super::strike::{self, Struck, Way};
use crate::sandbox::Sandbox;
use crate::sound;

/// A command, and what must come after it was struck.
pub struct Scene {
    /// What happens, for people.
    pub name: &'static str,
    /// The repository as it is before.
    pub build: fn() -> Sandbox,
    /// Where the command runs, below the root.
    pub place: &'static str,
    /// The command.
    pub command: &'static [&'static str],
    /// What a person does then.
    pub recover: fn(&Sandbox, &Struck),
    /// What must be the same as if nothing had been.
    pub state: fn(&Sandbox) -> String,
}

/// What came of striking a scene.
#[derive(Debug, Default)]
pub struct Tally {
    /// Calls that the command makes.
    pub calls: usize,
    /// Calls that were struck.
    pub struck: usize,
    /// Different exit codes and first lines that the command ended with.
    pub ends: std::collections::BTreeMap<String, usize>,
    /// What went wrong.
    pub failures: Vec<String>,
}

impl Scene {
    /// Strikes the scene in these ways, at as many calls as are asked for.
    #[expect(clippy::print_stdout, reason = "the long run is watched, and its counts are kept")]
    pub fn play(&self, ways: &[Way]) {
        let stage = Stage::set((self.build)());
        let calls = strike::calls(&stage.sandbox, self.place, self.command);
        (self.recover)(&stage.sandbox, &super::scenes::unhurt());
        let good = (self.state)(&stage.sandbox);
        let points = telling(&calls);
        let mut failures = Vec::new();
        for &way in ways {
            let mut tally = Tally { calls: calls.len(), ..Tally::default() };
            for number in chosen(&points, way) {
                self.strike(&stage, (way, number), &good, &mut tally);
            }
            println!("{}, {way:?}: {}", self.name, tally.summary());
            failures.extend(tally.failures);
        }
        assert!(failures.is_empty(), "{}\n{}", self.name, failures.join("\n"));
    }

    fn strike(&self, stage: &Stage, (way, number): (Way, usize), good: &str, tally: &mut Tally) {
        stage.reset();
        let struck = strike::strike(&stage.sandbox, (self.place, self.command), way, number);
        tally.struck += 1;
        *tally.ends.entry(end(&struck)).or_default() += 1;
        let checked = catch_unwind(AssertUnwindSafe(|| {
            if !matches!(way, Way::Self_ | Way::Tree | Way::Top) {
                super::disk::told(&struck, way);
            }
            sound::hooks(&stage.sandbox);
            (self.recover)(&stage.sandbox, &struck);
            if let Some(lock) = unlocked(&struck).filter(|_| matches!(way, Way::Once(_))) {
                // A git that cannot remove its lock leaves it, whoever started it.
                let _ = std::fs::remove_file(lock);
            }
            sound::check(&stage.sandbox);
            let differs = difference(&(self.state)(&stage.sandbox), good);
            assert_eq!(differs, "", "it comes to the same end");
        }));
        if let Err(panic) = checked {
            let why = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            let said = format!("{}{}", struck.said.out, struck.said.err);
            tally.failures.push(format!("{way:?} at {}\n{said}{}", struck.call, indented(&why)));
        }
    }
}

impl Tally {
    fn summary(&self) -> String {
        let ends: Vec<String> = self.ends.iter().map(|(end, many)| format!("{many} × {end}")).collect();
        format!(
            "{} calls, {} struck, {} failures; {}",
            self.calls,
            self.struck,
            self.failures.len(),
            ends.join(", ")
        )
    }
}

/// The lines that only one of two states has.
fn difference(found: &str, good: &str) -> String {
    let only = |one: &str, other: &str, sign| -> String {
        let missing = one.lines().filter(|line| !other.lines().any(|same| same == *line));
        missing.map(|line| format!("{sign}{line}\n")).collect()
    };
    only(found, good, "+") + &only(good, found, "-")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// The lock whose removal was struck.
fn unlocked(struck: &Struck) -> Option<&str> {
    let (_, path) = struck.call.split_once(" unlink ")?;
    path.ends_with(".lock").then_some(path)
}

fn end(struck: &Struck) -> String {
    match struck.said.code {
        137 => "killed".to_owned(),
        code => format!("exit {code}"),
    }
}

/// The numbers of the calls whose place makes a difference: of many writes in a row to one file the
/// first, the second and the last.
fn telling(calls: &[String]) -> Vec<usize> {
    let what = |at: usize| calls.get(at).and_then(|call| call.split_once(' ')).map(|(_, what)| what);
    let is_write = |at: usize| what(at).is_some_and(|what| what.contains(" write "));
    let is_inner = |at: usize| {
        at >= 2
            && is_write(at)
            && what(at) == what(at - 1)
            && what(at) == what(at - 2)
            && what(at) == what(at + 1)
    };
    (0..calls.len()).filter(|at| !is_inner(*at)).map(|at| at + 1).collect()
}

/// All points, one, or as many as the suite has time for, spread evenly; another offset for each way.
fn chosen(points: &[usize], way: Way) -> Vec<usize> {
    let wanted = std::env::var("FAULTS").unwrap_or_else(|_| "3".into());
    if let Some(only) = wanted.strip_prefix('@').and_then(|only| only.parse().ok()) {
        return vec![only];
    }
    let Ok(wanted) = wanted.parse::<usize>() else { return points.to_vec() };
    let shift = match way {
        Way::Self_ => 0,
        Way::Tree => 1,
        Way::Top => 2,
        Way::Once(fault) | Way::Onwards(fault) => fault as usize,
    };
    let step = points.len().div_ceil(wanted.max(1)).max(1);
    points.iter().copied().skip(shift * 7 % step).step_by(step).collect()
}
