//! A short fuzz run on the stable toolchain: every target of `tests/fuzz/targets.rs` gets its seeds and
//! some thousand changes of them, the same ones in every run.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bstr::{BString, ByteSlice};

use crate::effort;
use crate::random::Random;
use targets::TARGETS;

/// How many inputs each target gets besides its seeds.
const INPUTS: u32 = 3_000;

/// What one input may take, in a build that is not optimised on a machine that does other things too.
const LONGEST: Duration = Duration::from_secs(5);

/// The most bytes of an input.
const LARGEST: usize = 4_096;

/// What parsers look for; put in anywhere.
const WORDS: [&str; 48] = [
    "\n",
    "\n\n",
    "\r\n",
    "\0",
    "\t",
    " ",
    "\"",
    "'",
    "`",
    "\\",
    "/",
    "..",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "*",
    "**/",
    "?",
    "!",
    ":",
    ",",
    "=",
    "-",
    "#",
    "0",
    "-1",
    "18446744073709551616",
    "\u{feff}",
    "\u{202e}",
    "\u{200d}",
    "é",
    "e\u{301}",
    "\u{fffd}",
    "[CHECKPOINT]",
    "[NEEDS:",
    "Revert \"",
    "Files changed:\n- ",
    "[[task]]\n",
    "scope = [",
    "name = \"",
    "## Task 2: ",
    "- `a/b`",
    "Event: ",
    "Task: ",
    "null",
];

/// What is tried next.
struct Mutator(Random);

impl Mutator {
    /// A part of `data`, maybe empty.
    fn part(&mut self, data: &[u8]) -> std::ops::Range<usize> {
        let start = self.0.below(data.len() + 1);
        let length = self.0.below((data.len() - start).min(64) + 1);
        start..start + length
    }

    /// One of the seeds after one to eight small changes.
    fn input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut data = seeds[self.0.below(seeds.len())].clone();
        for _ in 0..=self.0.below(8) {
            self.change(&mut data, seeds);
        }
        data.truncate(LARGEST);
        data
    }

    fn change(&mut self, data: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let part = self.part(data);
        let at = part.start;
        match self.0.below(8) {
            0 => drop(data.drain(part)),
            1 => {
                let copy = data[part].to_vec();
                let times = 1 + self.0.below(20);
                data.splice(at..at, copy.repeat(times));
            }
            2 if at < data.len() => data[at] ^= 1 << self.0.below(8),
            3 => data.insert(at, u8::try_from(self.0.below(256)).expect("a byte")),
            4 => {
                let other = &seeds[self.0.below(seeds.len())];
                let theirs = self.part(other);
                data.splice(part, other[theirs].iter().copied());
            }
            5 => data.truncate(at),
            _ => {
                let word = self.0.pick(&WORDS).as_bytes();
                data.splice(at..at, word.iter().copied());
            }
        }
    }
}

/// The seeds of a target; what was ever found is one of them.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(name);
    let entries =
        std::fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a directory entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a seed")).collect()
}

/// Tries one input; what goes wrong is told with the input.
fn attempt(name: &str, target: fn(&[u8]), input: &[u8]) {
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    let shown = || BString::from(input).as_bstr().to_string().escape_debug().to_string();
    assert!(outcome.is_ok(), "{name} fails on {:?}, which is {}", input.as_bstr(), shown());
    let took = start.elapsed();
    assert!(took < LONGEST, "{name} takes {took:?} for {:?}", input.as_bstr());
}

fn run(names: &[&str]) {
    for (name, target) in TARGETS.into_iter().filter(|(name, _)| names.contains(name)) {
        let seeds = seeds(name);
        seeds.iter().for_each(|seed| attempt(name, target, seed));
        attempt(name, target, b"");
        let mut mutator = Mutator(Random(0x9e37_79b9_7f4a_7c15));
        for _ in 0..INPUTS.saturating_mul(effort::factor()) {
            attempt(name, target, &mutator.input(&seeds));
        }
    }
}

#[test]
fn plans_of_any_bytes_are_read() {
    run(&["plan_toml", "plan_markdown"]);
}

#[test]
fn patterns_and_paths_of_any_bytes_are_read() {
    run(&["pattern", "paths", "escaping"]);
}

#[test]
fn messages_notes_and_entries_of_any_bytes_are_read() {
    run(&["message", "record", "journal_entry", "progress"]);
}

#[test]
fn what_programs_send_is_read_whatever_its_bytes() {
    run(&["hook_lines", "config_parameters", "agent_event"]);
}

/// Nothing is fuzzed in one of the two ways only.
#[test]
fn every_target_has_its_program_and_seeds() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let manifest = std::fs::read_to_string(top.join("Cargo.toml")).expect("a manifest");
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} has a program");
        let program =
            std::fs::read_to_string(top.join(format!("fuzz_targets/{name}.rs"))).expect("a program");
        assert!(program.contains(&format!("targets::{name}(data)")), "{name} runs its own body");
        assert!(!seeds(name).is_empty(), "{name} has seeds");
    }
}
