//! The status of a run as JSON, version 1.

use std::borrow::Cow;
use std::collections::BTreeSet;

use gix_hash::ObjectId;
use serde::{Serialize, Serializer};

use crate::model::age::Age;
use crate::model::message::Prefix;
use crate::model::status::action::Action;
use crate::model::status::flag::Flag;
use crate::model::status::issue::{Issue, Kind};
use crate::model::status::log::LogEntry;
use crate::model::status::state::{OpenNeed, State, Supply};
use crate::model::status::{RunStatus, TaskStatus};
use crate::render::json::document_in;
use crate::render::json::drift::Drift;
use crate::render::json::finding::Finding;
use crate::render::words::{self, action, issue};

/// About how many bytes a task takes without its commits; a document that is longer grows.
const BYTES_PER_TASK: usize = 1_600;

/// About how many bytes a commit takes.
const BYTES_PER_COMMIT: usize = 200;

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    /// 1.
    pub version: u32,
    /// The run's name.
    pub run: String,
    /// For people.
    pub title: String,
    /// The moment that ages are counted to.
    pub now: i64,
    /// The commit that every task started from.
    pub base_commit: String,
    /// The integration branch.
    pub integration: Branch,
    /// One for each task, in the plan's order.
    pub tasks: Vec<Task<'a>>,
    /// What stands in the way.
    pub issues: Vec<Problem>,
    /// What to do next, in this order.
    pub actions: Vec<Step>,
    /// Where declared and actual scopes differ.
    pub drift: Drift,
    /// What could not be read; nothing is claimed about it.
    pub unknown: Vec<String>,
}

/// A branch and where it is.
#[derive(Debug, Serialize)]
pub struct Branch {
    /// Short name.
    pub branch: String,
    /// Its tip; `null` if there is no such branch.
    pub tip: Option<String>,
}

/// One task.
#[derive(Debug, Serialize)]
pub struct Task<'a> {
    /// Full name.
    pub name: String,
    /// Short name, such as `task-2`.
    pub short: String,
    /// Its number in the plan.
    pub number: u32,
    /// For people.
    pub title: String,
    /// Short name of its branch.
    pub branch: String,
    /// The tip that counts.
    pub tip: Option<String>,
    /// Absolute path of its worktree.
    pub worktree: Option<String>,
    /// Only the scope was looked at for what is not committed, as the worktree is large.
    pub scope_only: bool,
    /// `pending`, `working`, `waiting`, `blocked`, `complete`, `integrated`, `failed`, `timed-out`,
    /// `unknown`.
    pub state: String,
    /// The newest prefix as written, in effect or not.
    pub prefix: Option<String>,
    /// Why it is blocked.
    pub reason: Option<String>,
    /// Needs that are declared and not met.
    pub needs: Vec<Need>,
    /// Time of the newest own commit.
    pub last_commit_time: Option<i64>,
    /// Seconds since then.
    pub age_seconds: Option<u64>,
    /// Own CHECKPOINT and COMPLETE commits.
    pub checkpoints_done: usize,
    /// Checkpoints that the plan lists.
    pub checkpoints_expected: usize,
    /// What else is to be said.
    pub flags: Vec<Mark>,
    /// Everything that the judge found, warnings included.
    pub findings: Vec<Finding>,
    /// Own commits, oldest first, each an [`Entry`].
    #[serde(serialize_with = "entries")]
    pub commits: &'a [LogEntry],
}

/// A need that is not met.
#[derive(Debug, Serialize)]
pub struct Need {
    /// Full name of the task that provides it.
    pub task: String,
    /// What.
    pub item: String,
    /// The commit that declared it.
    pub commit: String,
    /// The provider is complete and only has to be merged.
    pub ready: bool,
}

/// A flag.
#[derive(Debug, Serialize)]
pub struct Mark {
    /// Its kind.
    pub kind: &'static str,
    /// In words.
    pub text: String,
    /// The paths of `dirty` and of `conflicts`.
    pub paths: Vec<String>,
    /// Whom it `conflicts` with: full names of tasks, `base` or `integration`.
    pub with: Vec<String>,
}

/// An own commit.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    /// Its id.
    #[serde(serialize_with = "hex")]
    pub commit: ObjectId,
    /// Committer time.
    pub time: i64,
    /// The status that it declares.
    pub prefix: Option<Cow<'static, str>>,
    /// The subject without the prefix.
    pub text: &'a str,
}

/// An issue.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// Its kind.
    pub kind: &'static str,
    /// Full name of the task that has it.
    pub task: String,
    /// Full name of the task that is waited for.
    pub provider: Option<String>,
    /// In words; the last line is what to do.
    pub text: Vec<String>,
}

/// An action.
#[derive(Debug, Serialize)]
pub struct Step {
    /// Its kind.
    pub kind: &'static str,
    /// Full names of the tasks that it concerns, the one to act on first.
    pub tasks: Vec<String>,
    /// In words.
    pub text: String,
    /// Lines to send or to type.
    pub block: Vec<String>,
}

/// The document as text.
pub fn status(status: &RunStatus) -> String {
    let commits: usize = status.tasks.iter().map(|task| task.log.len()).sum();
    let room = Vec::with_capacity(BYTES_PER_TASK * status.tasks.len() + BYTES_PER_COMMIT * commits);
    let document = Document {
        version: 1,
        run: status.run.to_string(),
        title: status.title.clone(),
        now: status.now,
        base_commit: status.base_commit_id.to_string(),
        integration: Branch {
            branch: status.integration_branch.clone(),
            tip: status.integration_tip.map(|id| id.to_string()),
        },
        tasks: status.tasks.iter().map(|one| task(one, status.now)).collect(),
        issues: status.issues.iter().map(problem).collect(),
        actions: status.actions.iter().map(|action| step(action, status)).collect(),
        drift: Drift::from(&status.drift),
        unknown: status.unknown.clone(),
    };
    document_in(room, &document)
}

/// The shape of one task, which `git worker status` has too.
pub fn task(task: &TaskStatus, now: i64) -> Task<'_> {
    let last = task.log.last().map(|entry| entry.time);
    Task {
        name: task.name.to_string(),
        short: task.name.short().to_owned(),
        number: task.number,
        title: task.title.clone(),
        branch: task.branch.clone(),
        tip: task.tip_commit_id.map(|id| id.to_string()),
        worktree: task.worktree.as_ref().map(|path| path.to_string_lossy().into_owned()),
        scope_only: task.is_scope_only,
        state: words::state(&task.state).replace(' ', "-"),
        prefix: task.newest_prefix.as_ref().map(ToString::to_string),
        reason: match &task.state {
            State::Blocked { reason } => Some(reason.clone()),
            _ => None,
        },
        needs: task.open_needs.iter().map(need).collect(),
        last_commit_time: last,
        age_seconds: last.map(|time| Age::between(time, now).seconds),
        checkpoints_done: task.progress.done,
        checkpoints_expected: task.progress.expected,
        flags: task.flags.iter().map(mark).collect(),
        findings: task.findings.iter().map(Finding::from).collect(),
        commits: &task.log,
    }
}

fn need(need: &OpenNeed) -> Need {
    Need {
        task: need.task.to_string(),
        item: need.item.to_string(),
        commit: need.commit_id.to_string(),
        ready: need.supply == Supply::ReadyToMerge,
    }
}

fn mark(flag: &Flag) -> Mark {
    let kind = match flag {
        Flag::Stalled(_) => "stalled",
        Flag::Dirty(_) => "dirty",
        Flag::Behind { .. } => "behind",
        Flag::Violations(_) => "violations",
        Flag::NoEvidence => "no-evidence",
        Flag::RemoteAhead { .. } => "remote-ahead",
        Flag::Diverged { .. } => "diverged",
        Flag::HooksOff(_) => "hooks-off",
        Flag::Conflicts(_) => "conflicts",
        Flag::NoBranch => "no-branch",
        Flag::Symbolic(_) => "symbolic",
        Flag::NoWorktree => "no-worktree",
        Flag::Elsewhere(_) => "elsewhere",
    };
    let (paths, with) = match flag {
        Flag::Dirty(paths) => (paths.iter().map(ToString::to_string).collect(), Vec::new()),
        Flag::Conflicts(rivals) => {
            let paths: BTreeSet<String> =
                rivals.iter().flat_map(|rival| &rival.paths).map(ToString::to_string).collect();
            let with = rivals.iter().map(|rival| rival.of.name().to_owned()).collect();
            (paths.into_iter().collect(), with)
        }
        _ => (Vec::new(), Vec::new()),
    };
    Mark { kind, text: flag.to_string(), paths, with }
}

/// There are so many of them that they are not all made before they are written.
fn entries<S: Serializer>(log: &[LogEntry], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(log.iter().map(entry))
}

fn entry(entry: &LogEntry) -> Entry<'_> {
    let prefix = entry.prefix.as_ref().map(Prefix::written);
    Entry { commit: entry.commit_id, time: entry.time, prefix, text: &entry.text }
}

/// An id as git writes it; there are many of them.
fn hex<S: Serializer>(id: &ObjectId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.hex_to_buf(&mut [0; 64]))
}

fn problem(issue: &Issue) -> Problem {
    let (kind, provider) = match &issue.kind {
        Kind::DependencyResolved { provider, .. } => ("dependency-resolved", Some(provider)),
        Kind::Blocked { provider, .. } => ("blocked", provider.as_ref()),
        Kind::Deadlock { circle } => ("deadlock", circle.get(1)),
        Kind::Failed(_) => ("failed", None),
        Kind::TimedOut => ("timed-out", None),
        Kind::Stalled(_) => ("stalled", None),
        Kind::Violations(_) => ("violations", None),
        Kind::Uncommitted(_) => ("uncommitted", None),
        Kind::Conflicts(_) => ("conflicts", None),
        Kind::Repository(flag) => (mark(flag).kind, None),
        Kind::Dropped(_) => ("dropped", None),
    };
    Problem {
        kind,
        task: issue.task.to_string(),
        provider: provider.map(ToString::to_string),
        text: issue::wording(issue).points.iter().map(|point| point.to_text()).collect(),
    }
}

fn step(action: &Action, status: &RunStatus) -> Step {
    let wording = action::wording(action, status);
    let (kind, tasks) = match action {
        Action::Resume { task, provider, .. } => ("resume", vec![task, provider]),
        Action::Kickoff(tasks) => ("kickoff", tasks.iter().collect()),
        Action::WaitToUnblock { provider, task, .. } => ("wait-to-unblock", vec![task, provider]),
        Action::WaitToMerge { provider, task, .. } => ("wait-to-merge", vec![task, provider]),
        Action::Answer { task, .. } => ("answer", vec![task]),
        Action::BreakCircle(circle) => ("break-circle", circle.iter().collect()),
        Action::Continue(task) => ("continue", vec![task]),
        Action::Review(task) => ("review", vec![task]),
        Action::Tidy(task) => ("tidy", vec![task]),
        Action::Catch(task, _) => ("catch-up", vec![task]),
        Action::Restore(tasks) => ("restore", tasks.iter().collect()),
        Action::Switch(task) => ("switch", vec![task]),
        Action::Conclude(task) => ("conclude", vec![task]),
        Action::GoOn => ("go-on", Vec::new()),
        Action::Mend { task, .. } => ("mend", vec![task]),
        Action::Integrate(_) => ("integrate", Vec::new()),
        Action::Land => ("land", Vec::new()),
        Action::CleanUp => ("clean-up", Vec::new()),
    };
    Step {
        kind,
        tasks: tasks.into_iter().map(ToString::to_string).collect(),
        text: wording.line.to_text(),
        block: wording.block,
    }
}
