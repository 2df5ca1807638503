//! What `start` did, for people: the worktrees as git lists them, what to know, what to do next.

use std::fmt::Write as _;
use std::path::Path;

use bstr::BString;

use crate::model::plan::cone::{self, Wider};
use crate::model::plan::encounter::Encounter;
use crate::model::site::{BranchState, Obstacle, Step, WorktreeState};
use crate::ops::setup::Done;
use crate::ops::start::{Mode, Recorded, Report, SiteReport, Warning};
use crate::ops::traces::Trace;
use crate::render::escape::{shell_word, terminal};
use crate::render::words::{self, short};

/// The answer.
pub fn report(report: &Report) -> String {
    if report.mode == Mode::DryRun {
        return commands(report);
    }
    let mut text = format!("{}\n\n", headline(report));
    text += &worktrees(report);
    for line in report.sites.iter().flat_map(site_lines) {
        text += &format!("\n{line}");
    }
    if report.sites.iter().any(|site| !site.built.setup.is_empty()) {
        text.push('\n');
    }
    if !report.has_failed() {
        text += &next(report);
    } else if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// What a person should know, one line each.
pub fn warning(warning: &Warning) -> String {
    match warning {
        Warning::MainDirty(1) => "the main worktree has an uncommitted path, which no worker sees".into(),
        Warning::MainDirty(paths) => {
            format!("the main worktree has {paths} uncommitted paths, which no worker sees")
        }
        Warning::MainDetached(id) => {
            format!("the main worktree has no branch checked out, but {}", short(*id))
        }
        Warning::BaseKept { written, recorded } => format!(
            "the plan's base is {} now, but the run keeps the one it was started from, {}",
            terminal(written),
            short(*recorded)
        ),
        Warning::Dropped(task) => format!("{task} is not in the plan any more; its branch and worktree stay"),
        Warning::Overlap { run, encounter: Encounter { tasks: [task, other], witness } } => format!(
            "{task} may change {path}, and so may {other} of run {run}, which is active; expect conflicts, or \
             give the path to one of them and start again; a run that is over goes by: git orchestrate cleanup \
             --run {run}",
            path = terminal(witness)
        ),
        Warning::MoreOverlaps(run) => format!(
            "not every task was compared with those of run {run}, which is active: there is too much to compare"
        ),
    }
}

/// Everything that is in the way, each with its remedy.
pub fn obstacles(obstacles: &[Obstacle]) -> String {
    let mut text = String::new();
    for obstacle in obstacles {
        let _ = writeln!(text, "{}\n  {}", terminal(obstacle.to_string()), terminal(obstacle.hint()));
    }
    text
}

fn headline(report: &Report) -> String {
    let run = &report.plan.run;
    let base = short(report.base.commit_id);
    let branch = report.base.ref_name.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    let base = branch.map_or(base.clone(), |branch| format!("{} ({base})", terminal(branch)));
    match report.recorded {
        _ if report.sites.is_empty() => {
            format!("Run {run}: all of its work is merged, so there is nothing to start.")
        }
        _ if report.is_unchanged() => format!("Run {run}: everything is there, nothing to do."),
        _ if report.has_failed() => {
            let done = match report.recorded {
                Recorded::First => format!("is recorded, from {base}"),
                Recorded::Amended => format!("has the amended plan, and its base stays {base}"),
                Recorded::Same => "has the same plan".to_owned(),
            };
            format!("Run {run} {done}; not all of it could be set up.")
        }
        Recorded::First => format!("Run {run} started from {base}."),
        Recorded::Amended => format!("Run {run}: plan amended, base stays {base}."),
        Recorded::Same => format!("Run {run}: same plan; what was missing is there now."),
    }
}

/// Lines like those of `git worktree list` (S1-15).
fn worktrees(report: &Report) -> String {
    let main = &report.main;
    let branch =
        main.branch.as_ref().map_or("(detached HEAD)".into(), |name| format!("[{}]", terminal(name)));
    let mut lines = vec![(shown(&main.path), short(main.tip), branch)];
    for site in report.sites.iter().filter(|site| site.built.failure.is_none()) {
        let tip = site.tip.map(short).unwrap_or_default();
        lines.push((shown(place(site)), tip, format!("[{}]", terminal(&site.site.branch))));
    }
    let width = lines.iter().map(|(path, ..)| path.chars().count()).max().unwrap_or(0);
    lines.iter().map(|(path, tip, branch)| format!("{path:width$}  {tip} {branch}\n")).collect()
}

fn site_lines(report: &SiteReport) -> Vec<String> {
    let task = &report.site.task;
    let mut lines = Vec::new();
    match (&report.built.failure, &report.built.leftover) {
        (None, _) => {}
        (Some(_), None) => lines.push(format!("{task}: failed, and nothing of it was left behind")),
        (Some(_), Some(_)) => {
            lines.push(format!("{task}: failed, and the next start clears up what is left of it"));
        }
    }
    if let BranchState::Fetched { tip, from } = &report.site.branch_state
        && report.built.failure.is_none()
        && report.built.backup.is_none()
    {
        lines.push(format!("{task}: its branch goes on from {} ({})", terminal(from), short(*tip)));
    }
    if let Some(why) = &report.built.disarmed {
        lines.push(format!("{task}: its hooks do not run: {}", terminal(why)));
    }
    let widened = report.steps.iter().filter(|_| report.built.failure.is_none());
    lines.extend(widened.filter_map(|step| match step {
        Step::Widen(Wider::Directories(lacking)) => {
            let lacking: Vec<String> = lacking.iter().map(terminal).collect();
            Some(format!("{task}: its worktree has {} as well now", lacking.join(", ")))
        }
        Step::Widen(Wider::Everything) => Some(format!("{task}: its worktree has all files now")),
        _ => None,
    }));
    if let Some(backup) = &report.built.backup {
        lines.push(format!("{task}: the branch as it was is kept at {backup}"));
    }
    let also = report.built.also.iter();
    lines.extend(also.map(|one| format!("{task}: its {} is kept at {}", terminal(&one.what), one.backup)));
    if let WorktreeState::Present { other_branch: Some(found), path, .. } = &report.site.worktree_state {
        let branch = &report.site.branch;
        lines.push(format!(
            "{task}: its worktree has {} checked out; git -C {} switch {}",
            terminal(found),
            shell_word(path.as_os_str().as_encoded_bytes()),
            shell_word(branch)
        ));
    }
    lines.extend(report.built.setup.iter().flat_map(set_up).map(|line| format!("{task}: {line}")));
    lines
}

fn set_up(done: &Done) -> Vec<String> {
    match done {
        Done::Copied(path) => vec![format!("copied {}", terminal(path))],
        Done::NotCopied(path, why) => vec![format!("did not copy {}: {}", terminal(path), terminal(why))],
        Done::Port(port) => vec![format!("port {port}")],
        Done::NoPort(why) => vec![format!("no port of its own: {}", terminal(why.to_string()))],
        Done::Ran(command) => vec![format!("ran {}", terminal(command))],
        Done::Failed(ended) => {
            let how = words::ended(ended.code);
            let mut lines = vec![format!("{} failed with {how}; set-up went on", terminal(&ended.command))];
            let last = ended.tail.lines().rev().take(5).collect::<Vec<_>>();
            lines.extend(last.into_iter().rev().map(|line| format!("  {}", terminal(line))));
            lines
        }
    }
}

fn next(report: &Report) -> String {
    let Some(first) = report.sites.first() else { return String::new() };
    let name = first.site.task.short();
    format!("\nNext: give each worker its brief, such as that of {name}:\n  git orchestrate brief {name}\n")
}

/// The commands that would do the same (S1-19).
fn commands(report: &Report) -> String {
    let run = &report.plan.run;
    let mut lines = Vec::new();
    if report.recorded != Recorded::Same {
        lines.push(format!("# record the plan at refs/orchestrate/{run}/plan"));
    }
    lines.extend(report.traces.iter().map(trace));
    for site in &report.sites {
        lines.extend(site.steps.iter().flat_map(|step| step_commands(report, site, step)));
    }
    if lines.is_empty() {
        return format!("{}\n", headline(report));
    }
    format!("cd {}\n{}\n", word(&report.main.path), lines.join("\n"))
}

fn trace(trace: &Trace) -> String {
    match trace {
        Trace::Exclude(line) => {
            format!("echo {} >>\"$(git rev-parse --git-path info/exclude)\"", shell_word(line))
        }
        Trace::Config { key, value } => format!("git config --add {} {}", shell_word(key), shell_word(value)),
    }
}

fn step_commands(report: &Report, site: &SiteReport, step: &Step) -> Vec<String> {
    let run = &report.plan.run;
    let task = &site.site.task;
    let branch = shell_word(&site.site.branch);
    let path = relative(report, place(site));
    match step {
        Step::Clear { admins } => {
            let admins = admins.iter().map(|admin| format!("rm -r {}", word(admin)));
            admins.chain([format!("rm -f {path}/.git && rmdir {path}")]).collect()
        }
        Step::Finish { .. } => {
            let unlock = format!("git worktree unlock {path}");
            fill_commands(report, site, &path).into_iter().chain([unlock]).collect()
        }
        Step::RemoveWorktree(_) => {
            vec![format!("git worktree unlock {path}"), format!("git worktree remove {path}")]
        }
        Step::Backup(tip) => vec![format!("git update-ref refs/orchestrate/{run}/backup/{task}/1 {tip}")],
        Step::DeleteBranch(tip) => vec![format!("git update-ref -d refs/heads/{branch} {tip}")],
        Step::CreateBranch => vec![format!("git branch --no-track {branch} {}", report.base.commit_id)],
        Step::TakeBranch(tip) => vec![format!("git branch --no-track {branch} {tip}")],
        Step::AddWorktree => match cone(report, site) {
            None => std::iter::once(format!("git worktree add {path} {branch}"))
                .chain(widen_new(report, site).map(|wider| widen_command(&wider, &path)))
                .collect(),
            Some(_) => std::iter::once(format!("git worktree add --no-checkout {path} {branch}"))
                .chain(fill_commands(report, site, &path))
                .collect(),
        },
        Step::Restore { admin } => vec![
            format!("mkdir -p {path} && echo gitdir: {} >{path}/.git", word(admin)),
            format!("git -C {path} checkout-index --all"),
        ],
        Step::Widen(wider) => vec![widen_command(wider, &path)],
        Step::Equip => vec![
            format!("git -C {path} config --worktree orchestrate.run {run}"),
            format!("git -C {path} config --worktree orchestrate.task {task}"),
            format!("# install the hooks of {task}"),
            format!("git worktree lock --reason '{task} of run {run}' {path}"),
        ],
        Step::SetUp => set_up_commands(report, &path),
    }
}

fn widen_command(wider: &Wider, path: &str) -> String {
    match wider {
        Wider::Directories(lacking) => {
            let lacking: String = lacking.iter().map(|one| format!(" {}", shell_word(one))).collect();
            format!("git -C {path} sparse-checkout add --skip-checks --{lacking}")
        }
        Wider::Everything => format!("git -C {path} sparse-checkout disable"),
    }
}

fn widen_new(report: &Report, site: &SiteReport) -> Option<Wider> {
    let task = report.plan.task(&site.site.task)?;
    cone::lacking_in_new(&report.plan, task, &report.main.held)
}

fn fill_commands(report: &Report, site: &SiteReport, path: &str) -> Vec<String> {
    let set = cone(report, site).map(|directories| {
        let directories: String = directories.iter().map(|one| format!(" {}", shell_word(one))).collect();
        format!("git -C {path} sparse-checkout set --cone --sparse-index --skip-checks --{directories}")
    });
    let wider = widen_new(report, site).map(|wider| widen_command(&wider, path));
    set.into_iter().chain([format!("git -C {path} reset --hard")]).chain(wider).collect()
}

fn cone(report: &Report, site: &SiteReport) -> Option<Vec<BString>> {
    report.plan.task(&site.site.task).and_then(|task| cone::of(&report.plan, task))
}

fn set_up_commands(report: &Report, path: &str) -> Vec<String> {
    let setup = &report.plan.setup;
    let copy =
        setup.copy.iter().map(|file| format!("cp -n {} {path}/{}", shell_word(file), shell_word(file)));
    let run = setup.run.iter().map(|command| format!("(cd {path} && {})", terminal(command)));
    copy.chain(run).collect()
}

fn place(report: &SiteReport) -> &Path {
    match &report.site.worktree_state {
        WorktreeState::Present { path, .. } => path,
        _ => &report.site.path,
    }
}

fn relative(report: &Report, path: &Path) -> String {
    word(path.strip_prefix(&report.main.path).unwrap_or(path))
}

fn word(path: &Path) -> String {
    shell_word(path.as_os_str().as_encoded_bytes())
}

fn shown(path: &Path) -> String {
    terminal(path.as_os_str().as_encoded_bytes())
}
