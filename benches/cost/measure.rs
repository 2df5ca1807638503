//! What a process costs: in time, or in instructions.

use std::process::{Command, Stdio};
use std::time::Instant;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Milliseconds from start to end.
    Time {
        /// How often.
        rounds: usize,
    },
    /// Millions of instructions, of all that is started together, as valgrind counts them.
    Instructions,
}

/// What one sort of process cost, round by round.
#[derive(Debug, Clone)]
pub struct Costs(Vec<f64>);

impl Costs {
    /// The one in the middle.
    pub fn median(&self) -> f64 {
        quantile(self.0.clone(), 0.5)
    }

    /// How this compares with another in the same round: a quarter of the rounds is below the first,
    /// a quarter above the second.
    pub fn spread(&self, other: &Costs) -> (f64, f64) {
        let ratios: Vec<f64> = self.0.iter().zip(&other.0).map(|(one, other)| one / other).collect();
        (quantile(ratios.clone(), 0.25), quantile(ratios, 0.75))
    }
}

fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let place = ((values.len() - 1) as f64 * part).round() as usize;
    values[place]
}

/// A process that is to be measured.
pub type Make<'a> = &'a dyn Fn() -> Command;

impl Measure {
    /// What the numbers count.
    pub fn unit(self) -> &'static str {
        match self {
            Measure::Time { .. } => "ms",
            Measure::Instructions => "M",
        }
    }

    /// Runs processes of several sorts in turns; `prepare` comes before each of them.
    pub fn take_turns(self, commands: &[Make<'_>], prepare: impl Fn(usize)) -> Vec<Costs> {
        let rounds = match self {
            Measure::Time { rounds } => rounds.max(1),
            Measure::Instructions => 1,
        };
        let mut costs = vec![Costs(Vec::new()); commands.len()];
        for round in 0..rounds {
            for (place, command) in commands.iter().enumerate() {
                // No two steps are prepared alike, so that each has something to do.
                prepare(round * commands.len() + place + 1);
                costs[place].0.push(self.cost(command()));
            }
        }
        costs
    }

    fn cost(self, mut command: Command) -> f64 {
        match self {
            Measure::Time { .. } => {
                command.stdout(Stdio::null()).stderr(Stdio::null());
                let start = Instant::now();
                let status = command.status().expect("the program starts");
                let time = start.elapsed();
                // With 1 some say that they found something.
                assert!(matches!(status.code(), Some(0 | 1)), "{command:?} fails");
                time.as_secs_f64() * 1e3
            }
            Measure::Instructions => instructions(&command),
        }
    }
}

/// Millions of instructions of a command and of all that it starts.
pub fn instructions(command: &Command) -> f64 {
    let valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=yes"];
    let said = said_below(&valgrind, command);
    let counts = said.lines().filter_map(|line| line.split_once("Collected : ")?.1.parse::<f64>().ok());
    counts.sum::<f64>() / 1e6
}

/// The most megabytes that a command had in memory; `None` where GNU time is not installed.
pub fn memory(command: &Command) -> Option<f64> {
    let time = "/usr/bin/time";
    std::fs::exists(time).is_ok_and(|exists| exists).then_some(())?;
    let said = said_below(&[time, "-f", "%M"], command);
    said.lines().last()?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}

/// What is said on standard error where a command runs below another one.
fn said_below(above: &[&str], command: &Command) -> String {
    let mut both = Command::new(above[0]);
    both.args(&above[1..]).arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        both.current_dir(directory);
    }
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => both.env(key, value),
            None => both.env_remove(key),
        };
    }
    let output = both.stdin(Stdio::null()).output().unwrap_or_else(|_| panic!("{} is installed", above[0]));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{command:?} fails: {said}");
    said
}
