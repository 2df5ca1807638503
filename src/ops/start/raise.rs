//! Building the sites one after the other, and telling the journal.

use std::cell::RefCell;

use anyhow::{Context, Result};

use super::{Base, Options, Progress, SiteReport};
use crate::git::Repository;
use crate::model::journal::{Entry, Event, ORCHESTRATOR};
use crate::model::plan::Plan;
use crate::model::site::Step;
use crate::ops::setup;
use crate::ops::site::build::Builder;

/// Does the steps of each site that has any.
pub fn all(
    main: &Repository,
    options: &Options,
    base: &Base,
    reports: &mut [SiteReport],
    watch: &mut dyn FnMut(&Progress<'_>),
) -> Result<()> {
    let plan = &options.plan;
    let total = reports.len();
    let original = RefCell::new(None);
    for (done, report) in reports.iter_mut().enumerate().filter(|(_, report)| !report.steps.is_empty()) {
        watch(&Progress { task: &report.site.task, done, total });
        let task = plan.task(&report.site.task).context("a site has a task")?;
        let builder =
            Builder { main, plan, base: base.commit_id, task, site: &report.site, original: &original };
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
