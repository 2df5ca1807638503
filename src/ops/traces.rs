//! What a run leaves in places that it shares with everyone: `info/exclude` and the configuration.
//!
//! Worktrees below the main one must not show as untracked files there (S1-16), and fetching must
//! bring the plans, journals and records of others. Each line or value that was not there before is
//! remembered with the runs that want it, in a manifest below `orchestrate/` of the common
//! directory; when the last of them is cleaned up exactly that is taken away again. What was there
//! before is a person's and is never touched.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use bstr::ByteSlice;
use fs_err as fs;
use gix_hash::ObjectId;
use serde::{Deserialize, Serialize};

use crate::git::Repository;
use crate::git::config::Scope;
use crate::git::config_edit::Edit;
use crate::git::journal::FETCHED;
use crate::model::name::RunName;
use crate::model::plan::Plan;
use crate::ops::replace::replace;

/// One line or value in a shared place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trace {
    /// A line of `info/exclude`.
    Exclude(String),
    /// A value of a key of the shared configuration that may have several.
    Config {
        /// Such as `remote.origin.fetch`.
        key: String,
        /// Such as `+refs/orchestrate/*:refs/orchestrate-remote/origin/*`.
        value: String,
    },
}

impl Trace {
    /// Key and value, if it is a setting.
    fn setting(&self) -> Option<(&str, &str)> {
        match self {
            Trace::Exclude(_) => None,
            Trace::Config { key, value } => Some((key, value)),
        }
    }
}

/// What we have left, by run.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    version: u32,
    /// How the configuration is made as it was before the first of the runs, oldest first.
    #[serde(default)]
    edits: Vec<Edit>,
    runs: BTreeMap<String, Vec<Trace>>,
}

/// What shared files must say for this run: that worktrees and copied files are not to be added,
/// and what to fetch.
pub fn wanted(main: &Repository, plan: &Plan, base: ObjectId) -> Result<Vec<Trace>> {
    let tree_id = main.commit(base)?.tree_id;
    let mut traces = Vec::new();
    for task in &plan.tasks {
        let path = plan.layout.worktree(&plan.run, task);
        // A directory that the project has is not hidden as a whole: people add files there.
        let tracked =
            |directory: &str| main.tree_names(tree_id, directory.into()).is_ok_and(|names| !names.is_empty());
        let directory = match path.rsplit_once('/') {
            Some((directory, _)) if !tracked(directory) => directory,
            _ => &path,
        };
        let trace = Trace::Exclude(format!("/{}/", escaped(directory)));
        if !traces.contains(&trace) {
            traces.push(trace);
        }
    }
    for path in &plan.setup.copy {
        let list = ["--literal-pathspecs", "ls-files", "--others", "--exclude-standard", "--", path];
        if !main.git().args(list).output()?.trim().is_empty() {
            traces.push(Trace::Exclude(format!("/{}", escaped(path))));
        }
    }
    if let Some(remote) = main.run_remote() {
        traces.extend(of_remote(&remote));
    }
    Ok(traces)
}

/// Leaves what of `wanted` is not there yet; returns what was.
pub fn leave(repo: &Repository, run: &RunName, wanted: &[Trace]) -> Result<Vec<Trace>> {
    let _lock = repo.lock("traces")?;
    let mut manifest = read(repo)?;
    let mut left = Vec::new();
    for trace in wanted {
        let ours = manifest.runs.values().any(|traces| traces.contains(trace));
        let there = is_there(repo, trace)?;
        let mine = manifest.runs.entry(run.to_string()).or_default();
        if (ours || !there) && !mine.contains(trace) {
            mine.push(trace.clone());
        }
        if !there {
            left.push(trace.clone());
        }
    }
    manifest.runs.retain(|_, traces| !traces.is_empty());
    if manifest.runs.is_empty() {
        return Ok(left);
    }
    // The manifest comes first: after a crash it may name what is not there, which undoing skips,
    // but nothing of ours is ever there without being named.
    write(repo, &manifest)?;
    for trace in &left {
        hide(repo, trace)?;
    }
    let values: Vec<(&str, &str)> = left.iter().filter_map(Trace::setting).collect();
    if !values.is_empty() {
        repo.add_reversibly(&values, &mut |edit| {
            manifest.edits.push(edit);
            write(repo, &manifest)
        })?;
    }
    Ok(left)
}

/// What of `wanted` is not there.
pub fn missing(repo: &Repository, wanted: Vec<Trace>) -> Result<Vec<Trace>> {
    let mut missing = Vec::new();
    for trace in wanted {
        if !is_there(repo, &trace)? {
            missing.push(trace);
        }
    }
    Ok(missing)
}

/// Takes away what `run` left and no other run wants; returns what was taken.
pub fn undo(repo: &Repository, run: &RunName) -> Result<Vec<Trace>> {
    let _lock = repo.lock("traces")?;
    let mut manifest = read(repo)?;
    let Some(mine) = manifest.runs.remove(run.as_str()) else { return Ok(Vec::new()) };
    let wanted = |trace: &Trace| manifest.runs.values().any(|traces| traces.contains(trace));
    let mut taken = Vec::new();
    for trace in mine.into_iter().filter(|trace| !wanted(trace)) {
        if is_there(repo, &trace)? {
            taken.push(trace);
        }
    }
    if manifest.runs.is_empty() {
        manifest.edits.iter().rev().try_for_each(|edit| repo.undo_edit(edit))?;
    }
    for trace in &taken {
        if is_there(repo, trace)? {
            remove(repo, trace)?;
        }
    }
    write(repo, &manifest)?;
    Ok(taken)
}

/// The traces that let plain git fetch and show what others recorded.
///
/// What is fetched lands beside our own refs, never on them: `git fetch --prune` deletes what the
/// remote does not have, and journals that were not pushed yet must survive that.
pub fn of_remote(remote: &str) -> Vec<Trace> {
    let fetch = |value: String| Trace::Config { key: format!("remote.{remote}.fetch"), value };
    vec![
        fetch(format!("+refs/orchestrate/*:{FETCHED}{remote}/*")),
        fetch(format!("+refs/notes/orchestrate/*:refs/notes/orchestrate-remote/{remote}/*")),
        Trace::Config { key: "notes.displayRef".into(), value: "refs/notes/orchestrate/*".into() },
    ]
}

/// A path as a line of gitignore(5) that matches nothing else.
fn escaped(path: &str) -> String {
    let special = |c: char| matches!(c, '\\' | '*' | '?' | '[' | ']' | '!' | '#' | ' ');
    path.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

fn is_there(repo: &Repository, trace: &Trace) -> Result<bool> {
    match trace {
        Trace::Exclude(line) => Ok(excluded(repo)?.lines().any(|old| old == line.as_bytes())),
        Trace::Config { key, value } => Ok(fresh(repo)?.config_all(key).iter().any(|one| one == value)),
    }
}

/// Adds a line to `info/exclude`, if the trace is one.
fn hide(repo: &Repository, trace: &Trace) -> Result<()> {
    let Trace::Exclude(line) = trace else { return Ok(()) };
    let mut text = excluded(repo)?;
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(format!("{line}\n").as_bytes());
    replace(&exclude_path(repo), &text)
}

fn remove(repo: &Repository, trace: &Trace) -> Result<()> {
    match trace {
        Trace::Exclude(line) => {
            let text = excluded(repo)?;
            let kept = text
                .lines_with_terminator()
                .filter(|old| old.trim_end_with(|c| c == '\n') != line.as_bytes());
            replace(&exclude_path(repo), &kept.collect::<Vec<_>>().concat())
        }
        Trace::Config { key, value } => repo.unset_config(Scope::Local, key, Some(value)),
    }
}

fn excluded(repo: &Repository) -> Result<Vec<u8>> {
    read_file(exclude_path(repo))
}

fn exclude_path(repo: &Repository) -> PathBuf {
    repo.common_dir().join("info/exclude")
}

/// A repository shows the configuration as it was when it was opened.
fn fresh(repo: &Repository) -> Result<Repository> {
    Repository::open(repo.workdir().unwrap_or_else(|| repo.common_dir()))
}

fn read(repo: &Repository) -> Result<Manifest> {
    let text = read_file(manifest_path(repo))?;
    if text.is_empty() {
        return Ok(Manifest { version: 1, ..Manifest::default() });
    }
    let doing = || format!("cannot read {}", manifest_path(repo).display());
    serde_json::from_slice(&text).with_context(doing)
}

fn write(repo: &Repository, manifest: &Manifest) -> Result<()> {
    let path = manifest_path(repo);
    if manifest.runs.is_empty() {
        return Ok(fs::remove_file(path)?);
    }
    let text = serde_json::to_string_pretty(manifest).context("a manifest is JSON")? + "\n";
    // Under one name, so that a killed call leaves one file at most; it is our turn.
    let new = path.with_extension("json.new");
    let file = fs::File::create(&new)?;
    let written = (&file).write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        let _ = fs::remove_file(&new);
        return Err(error.into());
    }
    Ok(fs::rename(new, path)?)
}

fn manifest_path(repo: &Repository) -> PathBuf {
    repo.common_dir().join("orchestrate/traces.json")
}

fn read_file(path: PathBuf) -> Result<Vec<u8>> {
    match fs::read(path) {
        Ok(content) => Ok(content),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}
