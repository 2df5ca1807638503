//! Each program: how large it is, and what it costs that it starts at all.

use std::path::{Path, PathBuf};

use crate::Options;
use crate::bed::{Bed, Stream};
use crate::table::{Row, Section};

/// The variable that names a directory with other programs than those just built.
const ELSEWHERE: &str = "PROGRAMS";

/// The program of everybody but workers.
pub const ORCHESTRATE: &str = "git-orchestrate";

const PROGRAMS: [&str; 3] = [ORCHESTRATE, "git-worker", "git-orchestrate-hook"];

/// Where a program of ours is.
pub fn path(name: &str) -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_git-orchestrate")).parent().expect("it is in a directory");
    std::env::var_os(ELSEWHERE).map_or_else(|| built.to_owned(), PathBuf::from).join(name)
}

/// Compares each program's `--version` with git's.
pub fn run(options: &Options, tell: &mut dyn FnMut(Section)) {
    let bed = Bed::build(&Stream::files(10));
    let mut rows = Vec::new();
    let mut sizes = Vec::new();
    for name in PROGRAMS {
        let program = path(name);
        let ours = || bed.command(&program, &bed.root, &["--version"]);
        let git = || bed.git_command(&["--version"]);
        let costs = options.measure.take_turns(&[&ours, &git], |_| {});
        let against = "git --version".to_owned();
        let [ours, theirs] = [costs[0].clone(), costs[1].clone()];
        rows.push(Row { what: format!("{name} --version"), against, ours, theirs, budget: None });
        let bytes = std::fs::metadata(program).map_or(0, |file| file.len());
        sizes.push(format!("{name} {}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10));
    }
    let notes = vec![format!("Sizes: {}.", sizes.join(", "))];
    tell(Section { title: "Programs".to_owned(), rows: Ok(rows), notes });
}
