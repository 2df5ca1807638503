//! A TASKS.md: nine sections; one that is empty says so (S3-16, S3-17).

use crate::model::brief::Brief;
use crate::model::status::state::State;
use crate::render::escape;
use crate::render::markdown::brief::inline;
use crate::render::markdown::brief::sections::{blocked, bullets, scope_lines};

/// The whole file.
pub fn tasks(brief: &Brief) -> String {
    let sections = [
        ("Your Mission", mission(brief)),
        ("Key Files", bullets(scope_lines(brief))),
        ("Implementation Checklist", checklist(brief)),
        ("Technical Requirements", requirements(brief)),
        ("Testing Requirements", testing(brief)),
        ("Success Criteria", criteria(brief)),
        ("Example Code", String::new()),
        ("Dependencies", dependencies(brief)),
        ("Resources", resources()),
    ];
    let section = |(title, body): (&str, String)| {
        let body = if body.is_empty() { "The plan gives none.\n".to_owned() } else { body };
        format!("## {title}\n{body}")
    };
    let sections: Vec<String> = sections.into_iter().map(section).collect();
    format!("# TASKS: {}\n\n{}", brief.task, sections.join("\n"))
}

fn mission(brief: &Brief) -> String {
    format!("{}, as part of: {}\n", inline(&brief.title), inline(&brief.run_title))
}

fn checklist(brief: &Brief) -> String {
    let is_done = brief
        .progress
        .as_ref()
        .is_some_and(|progress| matches!(progress.state, State::Complete | State::Integrated));
    let mark = if is_done { "x" } else { " " };
    bullets(brief.steps.iter().map(|step| format!("[{mark}] {}", inline(step))))
}

/// What others rely on, and what else the plan says.
fn requirements(brief: &Brief) -> String {
    let provides = brief.provides.iter().map(|item| format!("Provide `{item}`"));
    let assumed = brief.needs.iter().filter_map(|need| {
        let contract = inline(need.contract.as_ref()?);
        Some(format!("Rely on this contract of Worker {}: {contract}", need.number))
    });
    let promised = brief.blocks.iter().filter_map(|one| {
        let contract = inline(one.contract.as_ref()?);
        Some(format!("Keep to this contract with Worker {}: {contract}", one.number))
    });
    let remarks = brief.remarks.iter().map(|remark| inline(remark));
    bullets(provides.chain(assumed).chain(promised).chain(remarks))
}

fn testing(brief: &Brief) -> String {
    let commands = brief.evidence.iter().map(|command| format!("{} passes", escape::code_span(command)));
    let is_test = |path: &&crate::model::brief::ScopeLine| {
        path.path.split(['/', '_', '.', '-']).any(|part| part.starts_with("test"))
    };
    let tests = brief
        .scope
        .iter()
        .filter(is_test)
        .map(|line| format!("Tests belong in {}", escape::code_span(&line.path)));
    bullets(commands.chain(tests))
}

fn criteria(brief: &Brief) -> String {
    let checkpoints = brief
        .checkpoints
        .iter()
        .map(|checkpoint| format!("Committed as `[CHECKPOINT]`: {}", inline(checkpoint)));
    let last = [
        "Nothing outside of the key files has changed",
        "Everything is committed, the last time as `[COMPLETE]`",
    ];
    bullets(checkpoints.chain(last.map(str::to_owned)))
}

/// Both directions (S3-17).
fn dependencies(brief: &Brief) -> String {
    let needs = brief
        .needs
        .iter()
        .map(|need| format!("{} from Worker {} ({})", inline(&need.text), need.number, need.task));
    let list = |lines: Vec<String>| if lines.is_empty() { "- nobody\n".to_owned() } else { bullets(lines) };
    format!(
        "Depends on:\n{}\nBlocks:\n{}",
        list(needs.collect()),
        list(brief.blocks.iter().map(blocked).collect())
    )
}

fn resources() -> String {
    let lines = [
        "`git worker brief`: scope, protocol and dependencies in full",
        "`git worker status`: where this task is and what it waits for",
        "`git orchestrate status`: where everybody is",
    ];
    bullets(lines.map(str::to_owned))
}
