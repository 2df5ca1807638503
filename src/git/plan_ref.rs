//! The recorded plan of a run: the chain of commits at `refs/orchestrate/<run>/plan`.
//!
//! Each commit is one version of the plan; its tree holds `plan.toml`, the canonical form that
//! every program reads, and `input`, the file that it came from, byte for byte. The base commit of
//! the run stands in trailers of the message and never changes after the first version, so that
//! `base..branch` means the same for everyone and for ever (S1-14).

use std::collections::HashSet;
use std::str::FromStr;

use anyhow::{Context, Result};
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::model::hint;
use crate::model::name::{RunName, TaskName};
use crate::model::plan::{self, Plan, excerpt};

const PREFIX: &str = "refs/orchestrate/";
const PLAN: &str = "/plan";

/// How far back a plan is looked for when newer ones cannot be read.
const OLDER: usize = 1_000;

/// The newest version of a run's plan, with the base that the run was started from.
#[derive(Debug, Clone)]
pub struct RecordedPlan {
    /// What it says.
    pub plan: Plan,
    /// The commit at the plan's ref that holds it.
    pub commit_id: ObjectId,
    /// The commit that all tasks start from.
    pub base_commit_id: ObjectId,
    /// Full name of the branch that the base was resolved from, if it was one.
    pub base_ref: Option<String>,
    /// Full name of the remote's branch that this branch followed when the run began.
    pub base_upstream: Option<String>,
    /// How much of the plan was read.
    pub extent: Extent,
}

impl RecordedPlan {
    /// Where the run began.
    pub fn base(&self) -> Base {
        let (ref_name, upstream) = (self.base_ref.clone(), self.base_upstream.clone());
        Base { commit_id: self.base_commit_id, ref_name, upstream }
    }
}

/// How much of a recorded plan is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// What [`excerpt`] cuts out for one task.
    Excerpt,
}

/// A plan that an amendment has replaced.
#[derive(Debug, Clone)]
pub struct EarlierPlan {
    /// What it says.
    pub plan: Plan,
    /// When it was replaced, in seconds since the epoch.
    pub until: i64,
}

/// The base of a run: resolved once, when its plan is recorded first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The commit.
    pub commit_id: ObjectId,
    /// Full name of the branch that it was resolved from, if it was one.
    pub ref_name: Option<String>,
    /// Full name of the remote's branch that this branch follows. It is recorded, for whoever works in a
    /// worktree could change the configuration that all share.
    pub upstream: Option<String>,
}

/// What recording a plan did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The run is new.
    First,
    /// The run had another plan; that one stays in the history of the ref.
    Amended,
    /// The run has this plan already; nothing was written.
    Same,
}

impl Repository {
    /// The runs that have a plan here, sorted by name; also where the ref of the plan cannot be read.
    pub fn runs(&self) -> Result<Vec<RunName>> {
        let found = self.readable_refs(PREFIX)?;
        let broken = found.unreadable.iter().filter_map(|one| one.name.as_deref());
        let names = found.refs.iter().map(|(name, _)| name.as_str()).chain(broken);
        let names = names.filter_map(|name| name.strip_prefix(PREFIX)?.strip_suffix(PLAN));
        let mut runs: Vec<RunName> = names.filter_map(|name| RunName::new(name).ok()).collect();
        runs.sort();
        Ok(runs)
    }

    /// The newest plan of a run.
    pub fn read_plan(&self, run: &RunName) -> Result<RecordedPlan> {
        let ref_name = plan_ref(run);
        let Some(commit_id) = self.ref_commit(&ref_name)? else {
            return Err(hint::error(
                format!("there is no run {run} in this repository"),
                "git orchestrate start <plan file>",
            ));
        };
        self.read_plan_commit(commit_id, None).with_context(|| format!("cannot read the plan of run {run}"))
    }

    /// The newest plan of a run as far as it is about one task, if that can be told from its text.
    pub fn read_excerpt(&self, run: &RunName, task: &TaskName) -> Result<RecordedPlan> {
        let commit_id = self.ref_commit(&plan_ref(run))?.with_context(|| format!("there is no run {run}"))?;
        self.read_plan_commit(commit_id, Some(task))
    }

    /// The newest plan in the history of a run's ref that can be read, where the newest of all cannot;
    /// `None` if none of the last thousand can.
    pub fn read_older_plan(&self, run: &RunName) -> Option<RecordedPlan> {
        let mut next = self.ref_commit(&plan_ref(run)).ok()?;
        for _ in 0..OLDER {
            let id = next?;
            if let Ok(recorded) = self.read_plan_commit(id, None)
                && recorded.plan.run == *run
            {
                return Some(recorded);
            }
            next = self.commit(id).ok()?.parent_ids.first().copied();
        }
        None
    }

    /// The plans that a run had before this version, newest first, as far as they can be read.
    pub fn earlier_plans(&self, commit_id: ObjectId) -> Result<Vec<EarlierPlan>> {
        let versions = self.first_parents(commit_id, &HashSet::new())?;
        let mut earlier = Vec::new();
        for pair in versions.windows(2) {
            if let Ok(recorded) = self.read_plan_commit(pair[1], None) {
                earlier.push(EarlierPlan { plan: recorded.plan, until: self.commit(pair[0])?.time });
            }
        }
        Ok(earlier)
    }

    /// Records a plan as the newest of its run, unless it is that already.
    ///
    /// `base` counts for a new run only. `input` is the text that the plan was read from.
    pub fn record_plan(&self, plan: &Plan, input: &[u8], base: &Base) -> Result<(RecordedPlan, Recorded)> {
        let ref_name = plan_ref(&plan.run);
        let canonical = plan::write::toml(plan);
        let (base, recorded) = match self.ref_commit(&ref_name)? {
            None => (base.clone(), Recorded::First),
            Some(commit_id) => {
                let known = self.read_plan(&plan.run)?;
                if self.file_of(commit_id, "plan.toml")? == canonical.as_bytes() {
                    return Ok((known, Recorded::Same));
                }
                (known.base(), Recorded::Amended)
            }
        };
        let message = message(plan, &base, recorded);
        let files: [(&str, &[u8]); 2] = [("input", input), ("plan.toml", canonical.as_bytes())];
        let commit_id = self
            .append_link(&ref_name, &message, &files)
            .with_context(|| format!("cannot record the plan of run {}", plan.run))?;
        let known = RecordedPlan {
            plan: plan.clone(),
            commit_id,
            base_commit_id: base.commit_id,
            base_ref: base.ref_name,
            base_upstream: base.upstream,
            extent: Extent::Whole,
        };
        Ok((known, recorded))
    }

    /// The plan of one version, or the excerpt for a task.
    fn read_plan_commit(&self, commit_id: ObjectId, task: Option<&TaskName>) -> Result<RecordedPlan> {
        let commit = self.commit(commit_id)?;
        let trailer = |key| trailer(commit.message.as_bstr(), key);
        let base = trailer("Base").with_context(|| format!("{commit_id} names no base"))?;
        let text = self.file_of(commit_id, "plan.toml")?;
        let (text, extent) = match task {
            Some(task) => (excerpt::of(&text, task).context("there is no excerpt")?, Extent::Excerpt),
            None => (String::from_utf8(text).context("plan.toml is not UTF-8")?, Extent::Whole),
        };
        Ok(RecordedPlan {
            plan: plan::toml::read("plan.toml", &text).map_err(unreadable)?,
            commit_id,
            base_commit_id: ObjectId::from_str(&base)
                .with_context(|| format!("base {base} is no object id"))?,
            base_ref: trailer("Base-Ref"),
            base_upstream: trailer("Base-Upstream"),
            extent,
        })
    }

    fn file_of(&self, commit_id: ObjectId, path: &str) -> Result<Vec<u8>> {
        let tree_id = self.commit(commit_id)?.tree_id;
        let entry = self
            .tree_entry(tree_id, path.into())?
            .with_context(|| format!("{commit_id} has no file {path}"))?;
        self.blob(entry.id)
    }
}

/// The ref that holds the plan of a run.
pub fn plan_ref(run: &RunName) -> String {
    format!("{PREFIX}{run}{PLAN}")
}

/// A recorded plan was checked when it was recorded, so this is damage or a newer version's plan.
fn unreadable(findings: Vec<plan::finding::PlanFinding>) -> anyhow::Error {
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("{}", findings.join("\n"))
}

/// The notes ref that holds the records of a task's own commits.
pub fn notes_ref(run: &RunName, task: &TaskName) -> String {
    format!("{}{task}", notes_prefix(run))
}

/// What the full names of all refs that hold records of a run begin with.
pub fn notes_prefix(run: &RunName) -> String {
    format!("refs/notes/orchestrate/{run}/")
}

fn message(plan: &Plan, base: &Base, recorded: Recorded) -> String {
    let verb = if recorded == Recorded::First { "Record" } else { "Amend" };
    let mut message = format!("{verb} the plan of {}\n\nBase: {}\n", plan.run, base.commit_id);
    if let Some(name) = &base.ref_name {
        message += &format!("Base-Ref: {name}\n");
    }
    if let Some(name) = &base.upstream {
        message += &format!("Base-Upstream: {name}\n");
    }
    message
}

fn trailer(message: &BStr, key: &str) -> Option<String> {
    let lines = message.lines().filter_map(|line| line.to_str().ok());
    lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).next_back().map(str::to_owned)
}
