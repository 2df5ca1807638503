//! Building the sites, several at a time, and telling the journal.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use super::{Base, Options, Progress, SiteReport};
use crate::git::Repository;
use crate::model::journal::{Entry, Event, ORCHESTRATOR};
use crate::model::plan::Plan;
use crate::model::site::Step;
use crate::ops::setup;
use crate::ops::site::build::{Builder, Pattern};

/// Does the steps of each site that has any.
///
/// The first is built alone: it leaves what all of them share, the hooks and the files to copy. The
/// others follow side by side, for each of them waits for half a dozen processes of git. Where the plan
/// has commands to run in them they take turns, for those may not expect company.
pub fn all(
    main: &Repository,
    options: &Options,
    base: &Base,
    reports: &mut [SiteReport],
    watch: &mut dyn FnMut(&Progress<'_>),
) -> Result<()> {
    let total = reports.len();
    let mut sites = reports.iter_mut().enumerate().filter(|(_, report)| !report.steps.is_empty());
    let Some((done, first)) = sites.next() else { return Ok(()) };
    watch(&Progress { task: &first.site.task, done, total });
    let pattern = Pattern::default();
    raise(main, options, base, first, &pattern)?;
    let rest: Vec<(usize, &mut SiteReport)> = sites.collect();
    let workers = match options.plan.setup.run.is_empty() {
        true => std::thread::available_parallelism().map_or(1, usize::from).min(rest.len()),
        false => rest.len().min(1),
    };
    let sites = Mutex::new(rest.into_iter());
    let work = |main: Repository, begun: Sender<_>| -> Result<()> {
        let next = || sites.lock().unwrap_or_else(PoisonError::into_inner).next();
        while let Some((done, report)) = next() {
            // Who listens has nothing to say about what is done.
            let _ = begun.send((done, report.site.task.clone()));
            raise(&main, options, base, report, &pattern)?;
        }
        Ok(())
    };
    let mut tell = |begun: Receiver<_>| {
        begun.iter().for_each(|(done, task)| watch(&Progress { task: &task, done, total }));
    };
    std::thread::scope(|scope| {
        let (sender, begun) = channel();
        let spawn = |_| {
            let (door, sender) = (main.door(), sender.clone());
            scope.spawn(move || work(door.open()?, sender))
        };
        let workers: Vec<_> = (0..workers).map(spawn).collect();
        drop(sender);
        tell(begun);
        let ended: Vec<Result<()>> = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect();
        ended.into_iter().collect()
    })
}

fn raise(
    main: &Repository,
    options: &Options,
    base: &Base,
    report: &mut SiteReport,
    pattern: &Pattern,
) -> Result<()> {
    let plan = &options.plan;
    let task = plan.task(&report.site.task).context("a site has a task")?;
    let builder = Builder { main, plan, base: base.commit_id, task, site: &report.site, pattern };
    report.built = builder.build(&report.steps);
    if report.built.failure.is_none() && report.steps.contains(&Step::SetUp) {
        journal(main, plan, base, report)?;
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
