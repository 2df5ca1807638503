//! What a verb gets from the outside world: streams, clock, colour.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Read as _, Write};

use anyhow::{Context, Result, bail};

use crate::git::Repository;
use crate::ops::run;
use crate::render::{escape, named_run};

/// The outside of one call of a program. Made once, by `main`.
#[derive(Debug, Clone)]
pub struct Session {
    /// Seconds since the epoch. `GIT_ORCHESTRATE_NOW` overrides the clock, for reproducible output.
    pub now: i64,
    /// Whether the answer may be coloured: a terminal, and `NO_COLOR` is not set.
    pub colour: bool,
    /// The run that the call was told with `--run`.
    pub asked: Option<String>,
}

impl Session {
    /// The session of this process.
    pub fn from_environment() -> Session {
        let told = std::env::var_os("GIT_ORCHESTRATE_NOW").filter(|text| !text.is_empty());
        let now: Option<i64> = told.as_ref().and_then(|text| text.to_str()?.parse().ok());
        let session = Session {
            now: now.unwrap_or_else(|| chrono::Utc::now().timestamp()),
            colour: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
            asked: None,
        };
        if let Some(text) = told.filter(|_| now.is_none()) {
            let text = escape::terminal(text.as_encoded_bytes());
            session.note(&format!("warning: GIT_ORCHESTRATE_NOW is no number of seconds: {text}"));
        }
        session
    }

    /// The moment as people say it here, such as `2:30 PM`.
    pub fn time_of_day(&self) -> String {
        let moment = chrono::DateTime::from_timestamp(self.now, 0).unwrap_or_default();
        moment.with_timezone(&chrono::Local).format("%-I:%M %p").to_string()
    }

    /// All of standard input; an error if it is longer than `most` bytes. Even then it is read to its
    /// end, so that whoever writes it is not cut off.
    pub fn input(&self, most: u64) -> Result<Vec<u8>> {
        let mut stdin = io::stdin().lock();
        let mut input = Vec::new();
        let read = stdin.by_ref().take(most).read_to_end(&mut input);
        read.and_then(|_| io::copy(&mut stdin, &mut io::sink()))
            .context("cannot read standard input")
            .and_then(|more| match more {
                0 => Ok(input),
                _ => bail!("standard input is longer than {} MiB", most >> 20),
            })
    }

    /// Writes an answer to standard output, as it is but for the run in commands to type.
    pub fn answer(&self, text: &str) -> io::Result<()> {
        let text = self.with_run(text);
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Writes one line of talk to standard error; nobody listening is no error.
    pub fn note(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", self.with_run(line));
    }

    /// Commands to type name the run that was asked for where they would mean another one, or none,
    /// without it. What programs read stays as it is.
    fn with_run<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.asked {
            Some(run)
                if !text.starts_with(['{', '<'])
                    && text.contains("git orchestrate ")
                    && is_not_meant(run) =>
            {
                named_run::commands(text, run).into()
            }
            _ => text.into(),
        }
    }
}

/// Whether there is this run, and a call that names none means another one or has to ask.
fn is_not_meant(asked: &str) -> bool {
    let Ok(repo) = Repository::discover() else { return false };
    let is_there = repo.runs().is_ok_and(|runs| runs.iter().any(|run| run.as_str() == asked));
    is_there
        && match run::choose_if_active(&repo, None) {
            Ok(Ok(recorded)) => recorded.plan.run.as_str() != asked,
            Ok(Err(_)) => false,
            Err(_) => true,
        }
}
