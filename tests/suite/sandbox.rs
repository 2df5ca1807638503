//! A directory of its own, an environment of its own, and the programs under test on its PATH.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The variables that every program of a test runs under; nothing of the developer's own git
/// configuration or of a hook that runs the tests gets in.
pub fn environment(home: &Path) -> Vec<(&'static str, String)> {
    let programs =
        Path::new(env!("CARGO_BIN_EXE_git-orchestrate")).parent().expect("a program has a directory");
    let path = std::env::var("PATH").unwrap_or_default();
    vec![
        ("PATH", format!("{}:{path}", programs.display())),
        ("HOME", home.display().to_string()),
        ("XDG_CONFIG_HOME", home.join(".config").display().to_string()),
        ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ("GIT_CONFIG_GLOBAL", fixture("gitconfig").display().to_string()),
        ("GIT_TERMINAL_PROMPT", "0".into()),
        ("GIT_PAGER", "cat".into()),
        ("GIT_EDITOR", ":".into()),
        ("GIT_AUTHOR_DATE", "2024-01-15T14:00:00Z".into()),
        ("GIT_COMMITTER_DATE", "2024-01-15T14:00:00Z".into()),
        ("GIT_ORCHESTRATE_NOW", "1705329000".into()), // 2024-01-15 14:30:00 UTC
        ("TZ", "UTC".into()),
        ("LC_ALL", "C.UTF-8".into()),
        ("NO_COLOR", "1".into()),
        ("COLUMNS", "100".into()),
    ]
}

/// A file below `fixtures/`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Puts a program somewhere, with its directories. Another process writes it: where this one does, what
/// other threads start meanwhile holds the file open for a moment, and whoever is to run it is told "Text
/// file busy".
#[track_caller]
pub fn install(path: &Path, content: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("it is in a directory")).expect("directories");
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"cat >"$1" && chmod 755 "$1""#, "sh"]).arg(path);
    Said::of(shell, content.as_ref()).ok();
}

/// A temporary directory in which real programs run.
pub struct Sandbox {
    home: tempfile::TempDir,
    /// Where programs run unless told otherwise.
    pub root: PathBuf,
    /// Where they put temporary files, unless where everybody does.
    pub temporary: Option<PathBuf>,
}

/// What a program said.
#[derive(Debug)]
pub struct Said {
    /// Exit code; -1 for a signal.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// Runs a program to its end with something on its standard input.
    pub fn of(mut command: Command, input: &[u8]) -> Said {
        use std::io::Write as _;
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("it starts");
        // A program that needs no input closes the pipe.
        let _ = child.stdin.take().expect("it is piped").write_all(input);
        child.wait_with_output().expect("it ends").into()
    }

    /// Panics with everything that was said unless the program succeeded.
    #[track_caller]
    pub fn ok(self) -> Said {
        assert_eq!(self.code, 0, "expected success\n--- stdout\n{}--- stderr\n{}", self.out, self.err);
        self
    }

    /// Panics unless the program ended with `code`.
    #[track_caller]
    pub fn fails(self, code: i32) -> Said {
        assert_eq!(self.code, code, "expected exit {code}\n--- stdout\n{}--- stderr\n{}", self.out, self.err);
        self
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Said {
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Sandbox {
    /// An empty directory.
    pub fn empty() -> Sandbox {
        let home = tempfile::Builder::new().prefix("orchestrate-").tempdir().expect("a temporary directory");
        let root = home.path().canonicalize().expect("it exists").join("repo");
        std::fs::create_dir(&root).expect("a new directory");
        Sandbox { home, root, temporary: None }
    }

    /// A repository with one commit on `main` that holds `README`.
    pub fn repository() -> Sandbox {
        let sandbox = Sandbox::empty();
        sandbox.git(&["init", "--quiet"]).ok();
        sandbox.write("README", "hello\n");
        sandbox.git(&["add", "."]).ok();
        sandbox.git(&["commit", "--quiet", "-m", "Start"]).ok();
        sandbox
    }

    /// A repository that the script `fixtures/<script>` builds in the current directory.
    pub fn from_script(script: &str) -> Sandbox {
        let sandbox = Sandbox::empty();
        let path = fixture(script);
        Said::from(sandbox.command("bash", &sandbox.root).arg(path).output().expect("bash runs")).ok();
        sandbox
    }

    /// The same sandbox with another root, a directory below its present one.
    pub fn below(mut sandbox: Sandbox, directory: &str) -> Sandbox {
        sandbox.root = sandbox.root.join(directory);
        sandbox
    }

    /// A program that has not started yet, in `directory`, under the test's environment.
    pub fn command(&self, program: impl AsRef<OsStr>, directory: &Path) -> Command {
        let mut command = Command::new(program);
        for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(key);
        }
        command.envs(environment(self.home.path())).current_dir(directory).stdin(Stdio::null());
        command.envs(self.temporary.iter().map(|path| ("TMPDIR", path)));
        command
    }

    /// `git <args>` at the root.
    pub fn git(&self, args: &[&str]) -> Said {
        self.git_in(".", args)
    }

    /// `git <args>` in a directory below the root.
    pub fn git_in(&self, directory: &str, args: &[&str]) -> Said {
        self.command("git", &self.root.join(directory)).args(args).output().expect("git runs").into()
    }

    /// Writes a file below the root, with its directories.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("directories");
        std::fs::write(path, content).expect("a written file");
    }

    /// Puts a program below the root, with its directories.
    pub fn install(&self, path: &str, content: impl AsRef<[u8]>) {
        install(&self.root.join(path), content);
    }

    /// Reads a file below the root.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).expect("a readable file")
    }
}
