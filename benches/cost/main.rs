//! What our programs cost, in proportion to what git and the tools that people would use instead cost
//! on the same repository in the same run.
//!
//! ```text
//! cargo bench                                     all chapters, as tables in Markdown
//! cargo bench -- hooks start                      these chapters; there are also records, status,
//!                                                 conflicts, integrate and programs
//! cargo bench -- --files 2000 --rounds 5          smaller, or fewer rounds
//! cargo bench -- --worktrees 50 status            more large worktrees, where there is room for them
//! cargo bench -- --instructions                   instructions instead of time
//! cargo bench -- --ceiling                        compares instructions with benches/ceiling.txt
//! cargo bench -- --ceiling --raise                writes that file
//! cargo bench -- --growth                         draws the curves in benches/growth/
//! PROGRAMS=/usr/local/bin cargo bench             the programs that are there, not those just built
//! ```
//!
//! Every answer is compared with git's before it is timed; a wrong one is `FAIL` and has no time. Calls
//! take turns, and whole processes are timed. Ratios are of medians; "middle half" is where half of the
//! rounds were. With `--instructions` valgrind counts what each call and all that it starts executes,
//! once: the same on a busy machine, but blind to what starting a process costs the system. Peers that
//! are on `PATH` are compared, too: lefthook, prek, pre-commit, husky with commitlint, worktrunk.

#![expect(clippy::print_stdout, reason = "a benchmark's report is its standard output")]

mod bed;
mod ceiling;
mod conflicts;
mod growth;
mod hooks;
mod integrate;
mod measure;
mod peers;
mod programs;
mod records;
mod start;
mod status;
mod table;

use std::process::{Command, ExitCode};

use measure::Measure;
use table::Section;

/// What is to be measured, and how.
pub struct Options {
    /// Files of the large repository.
    files: usize,
    /// How many worktrees of it there are; each takes some hundred megabytes.
    worktrees: usize,
    measure: Measure,
}

/// A group of comparisons; it hands on each as soon as it is known.
type Chapter = fn(&Options, &mut dyn FnMut(Section));

const CHAPTERS: [(&str, Chapter); 7] = [
    ("programs", programs::run),
    ("hooks", hooks::run),
    ("records", records::run),
    ("status", status::run),
    ("conflicts", conflicts::run),
    ("integrate", integrate::run),
    ("start", start::run),
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let option = |name: &str, default: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    if has("--ceiling") {
        return ceiling::run(has("--raise"));
    }
    if has("--growth") {
        return growth::run();
    }
    let measure = match has("--instructions") {
        true => Measure::Instructions,
        false => Measure::Time { rounds: option("--rounds", 15) },
    };
    let options = Options { files: option("--files", 90_000), worktrees: option("--worktrees", 10), measure };
    println!("{}", environment());
    let mut is_right = true;
    let all = !CHAPTERS.iter().any(|(name, _)| has(name));
    for (_, chapter) in CHAPTERS.iter().filter(|(name, _)| all || has(name)) {
        chapter(&options, &mut |section| {
            println!("{}", section.show(measure).trim_end());
            is_right &= section.is_right();
        });
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Where and with what it was measured.
fn environment() -> String {
    let git = Command::new("git").arg("version").output().expect("git is installed").stdout;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let temporary = std::env::temp_dir();
    format!(
        "{}, {cores} cores, {} {}, repositories in {}",
        String::from_utf8_lossy(&git).trim(),
        std::env::consts::OS,
        std::env::consts::ARCH,
        temporary.display()
    )
}
