//! A repository to measure in, away from the developer's configuration.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::programs::{self, ORCHESTRATE};

/// A repository in a directory that goes with it.
pub struct Bed {
    home: tempfile::TempDir,
    /// The top of its main worktree.
    pub root: PathBuf,
}

impl Bed {
    /// A repository whose history a stream makes, with `main` checked out.
    pub fn build(history: &Stream) -> Bed {
        let home = tempfile::tempdir().expect("a temporary directory");
        let root = home.path().join("repo");
        let bed = Bed { home, root };
        std::fs::create_dir(&bed.root).expect("a new directory");
        bed.git(&["init", "--quiet", "--initial-branch=main"]);
        bed.import(history);
        bed.git(&["reset", "--hard", "--quiet"]);
        // As where people work: what was written in the same second as the index is read again by all
        // until a status has written the index once more.
        bed.git(&["status", "--short"]);
        bed
    }

    /// `git <args>` at the top.
    pub fn git_command(&self, args: &[&str]) -> Command {
        self.command("git", &self.root, args)
    }

    /// `git orchestrate <args>` at the top.
    pub fn ours_command(&self, args: &[&str]) -> Command {
        self.command(programs::path(ORCHESTRATE), &self.root, args)
    }

    /// What `git <args>` prints.
    pub fn git(&self, args: &[&str]) -> String {
        said(&mut self.git_command(args))
    }

    /// What `git orchestrate <args>` prints.
    pub fn ours(&self, args: &[&str]) -> String {
        said(&mut self.ours_command(args))
    }

    /// A program that sees nothing of the developer's configuration.
    pub fn command(&self, program: impl AsRef<OsStr>, directory: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(key);
        }
        command.env("HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ada Lovelace");
            command.env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        }
        command.args(args).current_dir(directory).stdin(Stdio::null());
        command
    }

    /// Makes what a stream tells of.
    pub fn import(&self, stream: &Stream) {
        let file = self.write("stream", &stream.0);
        let mut import = self.git_command(&["fast-import", "--quiet", "--force"]);
        said(import.stdin(std::fs::File::open(file).expect("the stream")));
    }

    /// Records a plan, and starts these of its tasks.
    pub fn start(&self, plan: &str, tasks: &[&str]) {
        let file = self.write("plan.toml", plan);
        let mut start = self.ours_command(&["start", "--yes"]);
        start.args(tasks.iter().flat_map(|task| ["--task", task]));
        said(start.arg(file));
    }

    /// A file beside the repository.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.beside(name);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(&path, content).expect("a written file");
        path
    }

    /// A place beside the repository.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Forgets what was found out.
    pub fn forget(&self) {
        for place in [self.root.join(".git/orchestrate/cache"), self.beside("scratch")] {
            if place.exists() {
                std::fs::remove_dir_all(place).expect("it can be deleted");
            }
        }
    }
}

/// What a command prints that has to succeed.
pub fn said(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} fails: {out}{error}");
    out.into_owned()
}

/// Whether the process ends well.
pub fn succeeds(mut command: Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts").success()
}

/// History, as `git fast-import` reads it.
#[derive(Default)]
pub struct Stream(String);

impl Stream {
    /// The first commit of `main`, with so many files, about 15 in each directory.
    pub fn files(count: usize) -> Stream {
        let mut stream = Stream::default();
        stream.commit("main", None, 1_690_000_000, "Files\n");
        (0..count).for_each(|n| stream.put(&path(n), &format!("{n}\n")));
        stream
    }

    /// A commit on a branch, on the branch's own tip or on another revision; what it changes follows.
    pub fn commit(&mut self, branch: &str, from: Option<&str>, time: u64, message: &str) {
        let who = format!("committer Ada Lovelace <ada@example.org> {time} +0000");
        let _ = write!(self.0, "commit refs/heads/{branch}\n{who}\ndata {}\n{message}", message.len());
        if let Some(from) = from {
            let _ = writeln!(self.0, "from {from}");
        }
    }

    /// A branch at a revision.
    pub fn branch(&mut self, branch: &str, at: &str) {
        let _ = write!(self.0, "reset refs/heads/{branch}\nfrom {at}\n\n");
    }

    /// A file of the commit.
    pub fn put(&mut self, path: &str, content: &str) {
        let _ = write!(self.0, "M 100644 inline {path}\ndata {}\n{content}\n", content.len());
    }
}

/// The path of the file with this number.
pub fn path(n: usize) -> String {
    format!("d{}/e{}/file{n}.txt", n / 300, n / 15 % 20)
}
