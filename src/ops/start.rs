//! `git orchestrate start`: record a plan, and make a branch and a worktree for each task.
//!
//! Everything is looked at before anything is changed, and all that is in the way is reported at
//! once. The plan is recorded first: it says what is meant to be there, so a start that is killed
//! is finished by the next one, which compares and does what is missing. The main worktree's HEAD,
//! index and files are never touched.

use std::path::PathBuf;

use anyhow::{Context, Result};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::head::{Head, Operation};
use crate::git::plan_ref::RecordedPlan;
pub use crate::git::plan_ref::{Base, Recorded};
use crate::model::branch;
use crate::model::hint;
use crate::model::journal::{Entry, Event, ORCHESTRATOR};
use crate::model::name::TaskName;
use crate::model::plan::{Plan, Task};
use crate::model::site::{Existing, Obstacle, ObstacleKind, Site, Step};
use crate::ops::plan_file;
use crate::ops::site::build::{Builder, Built};
use crate::ops::site::claim;
use crate::ops::site::find::Ground;
use crate::ops::traces::{self, Trace};
use crate::ops::{consent, desk, setup};

/// What to start, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The checked plan.
    pub plan: Plan,
    /// The text that it was read from.
    pub input: Vec<u8>,
    /// Only these tasks, by any name that means one; all if empty.
    pub tasks: Vec<String>,
    /// Which of them are made anew; `Some` of nothing means all.
    pub recreate: Option<Vec<String>>,
    /// Do it, or only say what would be done.
    pub mode: Mode,
    /// Whether a person accepted the plan's commands.
    pub consent: Consent,
}

/// Do it, or only say what would be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Change the repository.
    Do,
    /// Change nothing.
    DryRun,
}

/// Whether a person accepted the plan's commands in this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Yes; it is remembered.
    Given,
    /// No; those that were not accepted earlier come back as [`Outcome::Asks`].
    Outstanding,
}

/// How far a long start has come.
#[derive(Debug)]
pub struct Progress<'a> {
    /// The task that is next.
    pub task: &'a TaskName,
    /// How many are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was changed, because of these.
    Refused(Vec<Obstacle>),
    /// Nothing was changed, because the plan runs these commands and nobody accepted them yet.
    Asks(Vec<String>),
    /// What was done, or would be.
    Started(Box<Report>),
}

/// What was done, or would be.
#[derive(Debug)]
pub struct Report {
    /// Whether it was done.
    pub mode: Mode,
    /// The plan as recorded.
    pub plan: Plan,
    /// What the recording did.
    pub recorded: Recorded,
    /// The base of the run.
    pub base: Base,
    /// The main worktree.
    pub main: Checkout,
    /// Lines and values that shared files got.
    pub traces: Vec<Trace>,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// One for each task, in the plan's order.
    pub sites: Vec<SiteReport>,
}

/// A worktree and what is checked out there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Its top.
    pub path: PathBuf,
    /// Short name of the branch; `None` if HEAD is detached.
    pub branch: Option<String>,
    /// The commit.
    pub tip: ObjectId,
}

/// What was done for one task, or would be.
#[derive(Debug)]
pub struct SiteReport {
    /// The site as it was found.
    pub site: Site,
    /// What was to be done; empty if everything was there.
    pub steps: Vec<Step>,
    /// What became of it; empty for a dry run.
    pub built: Built,
    /// The branch's tip afterwards.
    pub tip: Option<ObjectId>,
}

/// What a person should know; none of it stops a start (S3-42).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The main worktree has this many uncommitted paths, which no worker will see.
    MainDirty(usize),
    /// The main worktree has no branch checked out.
    MainDetached(ObjectId),
    /// The plan names another base than the run was started from.
    BaseKept {
        /// As the plan has it.
        written: String,
        /// As recorded.
        recorded: ObjectId,
    },
    /// The recorded plan had this task, the new one has not; its branch stays.
    Dropped(TaskName),
}

impl Report {
    /// Whether nothing had to be done.
    pub fn is_unchanged(&self) -> bool {
        self.recorded == Recorded::Same
            && self.traces.is_empty()
            && self.sites.iter().all(|report| report.steps.is_empty())
    }

    /// Whether a task's site could not be built.
    pub fn has_failed(&self) -> bool {
        self.sites.iter().any(|report| report.built.failure.is_some())
    }

    /// Whether the hooks do not run in a worktree, although they are installed.
    pub fn is_disarmed(&self) -> bool {
        self.sites.iter().any(|report| report.built.disarmed.is_some())
    }
}

/// Starts a run, or brings a started one up to its plan; `watch` is told how far it came.
pub fn run(repo: &Repository, options: &Options, watch: &mut dyn FnMut(&Progress<'_>)) -> Result<Outcome> {
    let main = main_repository(repo)?;
    let _under_way = match options.mode {
        Mode::Do => Some(claim::take(&main, &options.plan)?),
        Mode::DryRun => None,
    };
    let known = recorded(&main, &options.plan)?;
    let base = match &known {
        Some(known) => Base { commit_id: known.base_commit_id, ref_name: known.base_ref.clone() },
        None => resolve_base(&main, &options.plan)?,
    };
    let ground = Ground::survey(&main, base.commit_id, main.read_journals(&options.plan.run)?)?;
    let mut reports = match survey(&ground, options)? {
        Ok(reports) => reports,
        Err(obstacles) => return Ok(Outcome::Refused(obstacles)),
    };
    let commands = consent::outstanding(&main, &options.plan)?;
    if options.mode == Mode::Do && options.consent == Consent::Outstanding && !commands.is_empty() {
        return Ok(Outcome::Asks(commands));
    }
    let warnings = warnings(&main, &options.plan, known.as_ref())?;
    let wanted = traces::wanted(&main, &options.plan, base.commit_id)?;
    let (recorded, traces) = match options.mode {
        Mode::DryRun => (would_record(&options.plan, known.as_ref()), wanted),
        Mode::Do => {
            consent::accept(&main, &commands)?;
            let (_, recorded) = main.record_plan(&options.plan, &options.input, &base)?;
            (recorded, traces::leave(&main, &options.plan.run, &wanted)?)
        }
    };
    if options.mode == Mode::Do {
        build(&main, options, &base, &mut reports, watch)?;
    }
    for report in &mut reports {
        report.tip = main.ref_commit(&branch::full(&report.site.branch))?;
    }
    let main = checkout(&main, ground.top.clone())?;
    let plan = options.plan.clone();
    Ok(Outcome::Started(Box::new(Report {
        mode: options.mode,
        plan,
        recorded,
        base,
        main,
        traces,
        warnings,
        sites: reports,
    })))
}

/// The repository seen from its main worktree, if that is in a state to start from.
fn main_repository(repo: &Repository) -> Result<Repository> {
    let Some(top) = repo.main_workdir() else {
        return Err(hint::error(
            "this repository is bare, and worktrees are made beside a main worktree",
            "start from a clone that has one: git clone <this repository> <directory>",
        ));
    };
    let main = Repository::open(&top)?;
    if let Head::Branch { tip: None, .. } = main.head()? {
        return Err(hint::error("there is no commit yet that tasks could begin at", "make a first commit"));
    }
    match main.operation() {
        None | Some(Operation::Bisect) => Ok(main),
        Some(operation) => {
            let (name, remedy) = desk::describe(&operation);
            Err(hint::error(format!("{name} is in progress in the main worktree {}", top.display()), remedy))
        }
    }
}

fn checkout(main: &Repository, path: PathBuf) -> Result<Checkout> {
    Ok(match main.head()? {
        Head::Branch { name, tip } => {
            let branch = Some(branch::short(&name).to_owned());
            Checkout { path, branch, tip: tip.context("the main worktree has a commit")? }
        }
        Head::Detached(tip) => Checkout { path, branch: None, tip },
    })
}

fn recorded(main: &Repository, plan: &Plan) -> Result<Option<RecordedPlan>> {
    let known = main.runs()?.contains(&plan.run);
    known.then(|| main.read_plan(&plan.run)).transpose()
}

/// The commit that the plan's base names now, and the branch if it names one.
fn resolve_base(main: &Repository, plan: &Plan) -> Result<Base> {
    let commit_id =
        main.resolve(&plan.base).with_context(|| format!("cannot find the base of run {}", plan.run))?;
    let named = match plan.base.as_str() {
        "HEAD" => match main.head()? {
            Head::Branch { name, .. } => Some(name),
            Head::Detached(_) => None,
        },
        name if name.starts_with(branch::PREFIX) => Some(name.to_owned()),
        name => Some(branch::full(name)),
    };
    let ref_name = match named {
        Some(name) if main.ref_commit(&name).ok().flatten() == Some(commit_id) => Some(name),
        _ => None,
    };
    Ok(Base { commit_id, ref_name })
}

/// The sites of the chosen tasks with their steps, or everything that is in the way of any.
fn survey(ground: &Ground<'_>, options: &Options) -> Result<Result<Vec<SiteReport>, Vec<Obstacle>>> {
    let plan = &options.plan;
    let chosen = choose(plan, &options.tasks)?;
    let anew = options.recreate.as_deref().map(|names| choose(plan, names)).transpose()?.unwrap_or_default();
    let (mut reports, mut obstacles) = (Vec::new(), Vec::new());
    let integration = plan.layout.integration(&plan.run);
    if let Some(other) = ground.barring(&branch::full(&integration)) {
        let kind = ObstacleKind::Barred(other.to_owned());
        obstacles.push(Obstacle { whose: "integration".into(), branch: integration, kind });
    }
    for task in chosen {
        let existing = if anew.contains(&task) { Existing::Recreate } else { Existing::Keep };
        let site = ground.site(plan, task, existing)?;
        match site.steps(existing) {
            Ok(steps) => reports.push(SiteReport { tip: None, site, steps, built: Built::default() }),
            Err(found) => obstacles.extend(found),
        }
    }
    Ok(if obstacles.is_empty() { Ok(reports) } else { Err(obstacles) })
}

/// The tasks that these names mean, in the plan's order; all if there are none.
fn choose<'p>(plan: &'p Plan, names: &[String]) -> Result<Vec<&'p Task>> {
    let mut chosen = Vec::new();
    for name in names {
        chosen.push(&plan.find_task(name)?.name);
    }
    Ok(plan.tasks.iter().filter(|task| names.is_empty() || chosen.contains(&&task.name)).collect())
}

fn warnings(main: &Repository, plan: &Plan, known: Option<&RecordedPlan>) -> Result<Vec<Warning>> {
    let mut warnings = Vec::new();
    let top = main.workdir().context("a main worktree")?;
    let dirty = main.uncommitted(top, &[])?.into_iter().filter(|one| one.path != plan_file::DEFAULT).count();
    if dirty > 0 {
        warnings.push(Warning::MainDirty(dirty));
    }
    if let Head::Detached(id) = main.head()? {
        warnings.push(Warning::MainDetached(id));
    }
    let Some(known) = known else { return Ok(warnings) };
    if known.plan.base != plan.base {
        warnings.push(Warning::BaseKept { written: plan.base.clone(), recorded: known.base_commit_id });
    }
    let dropped = known.plan.tasks.iter().filter(|task| plan.task(&task.name).is_none());
    warnings.extend(dropped.map(|task| Warning::Dropped(task.name.clone())));
    Ok(warnings)
}

fn would_record(plan: &Plan, known: Option<&RecordedPlan>) -> Recorded {
    match known {
        None => Recorded::First,
        Some(known) if known.plan == *plan => Recorded::Same,
        Some(_) => Recorded::Amended,
    }
}

fn build(
    main: &Repository,
    options: &Options,
    base: &Base,
    reports: &mut [SiteReport],
    watch: &mut dyn FnMut(&Progress<'_>),
) -> Result<()> {
    let plan = &options.plan;
    let total = reports.len();
    for (done, report) in reports.iter_mut().enumerate().filter(|(_, report)| !report.steps.is_empty()) {
        watch(&Progress { task: &report.site.task, done, total });
        let task = plan.task(&report.site.task).context("a site has a task")?;
        let builder = Builder { main, plan, base: base.commit_id, task, site: &report.site };
        report.built = builder.build(&report.steps);
        if report.built.failure.is_none() && report.steps.contains(&Step::SetUp) {
            journal(main, plan, base, report)?;
        }
    }
    Ok(())
}

/// Tells the journal that a task was started; this is what makes the next start skip the set-up.
fn journal(main: &Repository, plan: &Plan, base: &Base, report: &SiteReport) -> Result<()> {
    let entry = |event, text: String| Entry {
        task: Some(report.site.task.clone()),
        commit_id: Some(base.commit_id),
        text,
        ..Entry::new(event, ORCHESTRATOR)
    };
    for done in &report.built.setup {
        if let setup::Done::Failed(ended) = done {
            let code = ended.code.map_or("a signal".into(), |code| format!("exit code {code}"));
            let text = format!("{} ended with {code}\n\n{}", ended.command, ended.tail);
            main.append_journal(&plan.run, ORCHESTRATOR, &entry(Event::SetupFailed, text))?;
        }
    }
    let text = format!("Branch {}", report.site.branch);
    main.append_journal(&plan.run, ORCHESTRATOR, &entry(Event::Started, text)).map(drop)
}
