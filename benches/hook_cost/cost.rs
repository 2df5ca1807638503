//! What a process costs: in time, or in instructions.

use std::process::{Command, Stdio};
use std::time::Instant;

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub enum Measure {
    /// Milliseconds from start to end.
    Time {
        /// How often.
        rounds: usize,
    },
    /// Millions of instructions, of all that is started together, as valgrind counts them.
    Instructions,
}

/// The costs of one sort of process, the least first.
#[derive(Debug, Clone)]
pub struct Costs(Vec<f64>);

impl Costs {
    /// The one in the middle.
    pub fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// The lowest.
    pub fn least(&self) -> f64 {
        self.0[0]
    }
}

impl Measure {
    /// What the numbers count.
    pub fn unit(self) -> &'static str {
        match self {
            Measure::Time { .. } => "ms",
            Measure::Instructions => "M",
        }
    }

    /// Runs processes of several sorts in turns; `prepare` comes before each of them.
    pub fn take_turns<const N: usize>(
        self,
        commands: [&dyn Fn() -> Command; N],
        prepare: impl Fn(usize),
    ) -> [Costs; N] {
        let rounds = match self {
            Measure::Time { rounds } => rounds.max(1),
            Measure::Instructions => 1,
        };
        let mut costs = [(); N].map(|()| Vec::new());
        for round in 0..rounds {
            for (place, command) in commands.iter().enumerate() {
                // No two steps stage the same, so that every commit has something to write.
                prepare(round * N + place + 1);
                costs[place].push(self.cost(command()));
            }
        }
        costs.map(|mut costs| {
            costs.sort_by(f64::total_cmp);
            Costs(costs)
        })
    }

    fn cost(self, mut command: Command) -> f64 {
        match self {
            Measure::Time { .. } => {
                command.stdout(Stdio::null()).stderr(Stdio::null());
                let start = Instant::now();
                let status = command.status().expect("the program starts");
                let time = start.elapsed();
                assert!(status.success(), "{command:?} fails");
                time.as_secs_f64() * 1e3
            }
            Measure::Instructions => instructions(&command),
        }
    }
}

/// Runs a command below valgrind.
fn instructions(command: &Command) -> f64 {
    let mut counted = Command::new("valgrind");
    counted.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=yes"]);
    counted.arg(command.get_program()).args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        counted.current_dir(directory);
    }
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => counted.env(key, value),
            None => counted.env_remove(key),
        };
    }
    let output = counted.stdin(Stdio::null()).output().expect("valgrind is installed");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?} fails: {said}");
    let counts = said.lines().filter_map(|line| line.split_once("Collected : ")?.1.parse::<f64>().ok());
    counts.sum::<f64>() / 1e6
}
