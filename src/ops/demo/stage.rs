//! Where the story is played: a directory, an environment of its own, and the cast's worktrees.
//!
//! The stage does not know the story. It keeps the person's own git configuration out, so that a
//! signing key or a global hook neither fails the demonstration nor is used by it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Event;
use super::story::{Scene, Shown, Step, Who};

/// A repository called `myapp` below a directory, and what was run in it so far.
pub(super) struct Stage {
    repository: PathBuf,
    path: std::ffi::OsString,
    commands: usize,
}

impl Stage {
    /// Builds the application's repository below `folder`.
    pub(super) fn new(folder: &Path) -> Result<Stage> {
        let stage = Stage { repository: folder.join("myapp"), path: path_with_own_programs()?, commands: 0 };
        fs_err::create_dir(&stage.repository)?;
        for (path, content) in super::story::APPLICATION {
            stage.write(&stage.repository, path, content)?;
        }
        for words in [
            &["git", "init", "--quiet", "--initial-branch=main"][..],
            &["git", "config", "user.name", "Ada Lovelace"],
            &["git", "config", "user.email", "ada@example.org"],
            &["git", "add", "."],
            &["git", "commit", "--quiet", "-m", "Add the application"],
        ] {
            let (said, code) = stage.output(&stage.repository, words)?;
            if code != 0 {
                bail!("`{}` failed: {}", words.join(" "), said.join("\n"));
            }
        }
        Ok(stage)
    }

    pub(super) fn repository(&self) -> PathBuf {
        self.repository.clone()
    }

    pub(super) fn commands(&self) -> usize {
        self.commands
    }

    /// Plays one scene.
    pub(super) fn play(&mut self, scene: &Scene, tell: &mut dyn FnMut(&Event) -> Result<()>) -> Result<()> {
        tell(&Event::Scene(scene.title))?;
        for step in scene.steps {
            if let Some(event) = self.step(step)? {
                tell(&event)?;
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<Option<Event>> {
        match step {
            Step::Say(text) => Ok(Some(Event::Says(text))),
            Step::Edit(who, path, content) => {
                self.write(&self.place(*who), path, content)?;
                Ok(Some(Event::Edited { who: who.name(), path }))
            }
            Step::Run { who, words, code, shown } => self.run(*who, words, *code, shown),
        }
    }

    fn run(&mut self, who: Who, words: &[&str], expected: i32, shown: &Shown) -> Result<Option<Event>> {
        let line = words.iter().map(|word| as_typed(word)).collect::<Vec<_>>().join(" ");
        let (said, code) = self.output(&self.place(who), words)?;
        self.commands += 1;
        if code != expected {
            bail!(
                "the story expects `{line}` to end with {expected}, but it ended with {code}:\n{}",
                said.join("\n")
            );
        }
        let said = match shown {
            Shown::Silently => return Ok(None),
            Shown::All => said,
            Shown::Lines(parts) => {
                said.into_iter().filter(|line| parts.iter().any(|part| line.contains(part))).collect()
            }
        };
        Ok(Some(Event::Ran { who: who.name(), line, said, code }))
    }

    /// All that a command says on both streams, line by line, and its exit code.
    fn output(&self, place: &Path, words: &[&str]) -> Result<(Vec<String>, i32)> {
        let (program, arguments) = words.split_first().context("the story has an empty command")?;
        let (mut reader, writer) = std::io::pipe()?;
        let mut command = Command::new(program);
        for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(key);
        }
        command
            .args(arguments)
            .current_dir(place)
            .env("PATH", &self.path)
            .env("GIT_CONFIG_GLOBAL", null_device())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_PAGER", "cat")
            .env("GIT_EDITOR", "true")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer);
        let mut child = command.spawn().with_context(|| format!("cannot run {program}"))?;
        // The command still holds both ends that it was given; the reader would wait for them.
        drop(command);
        let mut said = Vec::new();
        std::io::Read::read_to_end(&mut reader, &mut said)?;
        let code = child.wait()?.code().unwrap_or(-1);
        let said = String::from_utf8_lossy(&said).replace(&*self.repository.to_string_lossy(), "myapp");
        Ok((said.lines().map(str::to_owned).collect(), code))
    }

    fn place(&self, who: Who) -> PathBuf {
        self.repository.join(who.folder())
    }

    fn write(&self, place: &Path, path: &str, content: &str) -> Result<()> {
        let path = place.join(path);
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder)?;
        }
        fs_err::write(path, content)?;
        Ok(())
    }
}

/// The programs of this very installation come first, so that `git orchestrate` is us.
fn path_with_own_programs() -> Result<std::ffi::OsString> {
    let own = std::env::current_exe().context("cannot tell where this program is")?;
    let own = own.parent().context("this program is in no directory")?.to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&others)))?)
}

fn as_typed(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else if word.contains('"') {
        format!("'{word}'")
    } else {
        format!("\"{word}\"")
    }
}

fn null_device() -> &'static str {
    if cfg!(windows) { "NUL" } else { "/dev/null" }
}
