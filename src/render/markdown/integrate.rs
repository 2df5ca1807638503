//! An integration as Markdown, for an issue or a document.

use bstr::ByteSlice;

use crate::model::integration::checklist::{Checklist, TO_VERIFY};
use crate::model::integration::clash::Clash;
use crate::model::integration::resolution::How;
use crate::ops::integrate::{Origin, Outcome, Report, StepResult};
use crate::render::escape::{code_span, markdown, terminal};
use crate::render::markdown::fence;
use crate::render::text;
use crate::render::words::integration as words;
use crate::render::words::short;

/// The answer.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Report(report) => self::report(report),
        Outcome::Refused(refusal) => {
            let refused = words::refusal::refusal(refusal);
            let lines = refused
                .lines
                .iter()
                .chain(&refused.hints)
                .map(|line| format!("- {}\n", markdown(line.trim())));
            format!("## Integration refused\n\n{}", lines.collect::<String>())
        }
        Outcome::Aborted(_) | Outcome::Undone(_) | Outcome::Landed(_) => {
            markdown(text::integrate::outcome(outcome).trim()) + "\n"
        }
    }
}

fn report(report: &Report) -> String {
    let what = if report.dry_run { "Integration Forecast" } else { "Integration" };
    let mut out = format!("## {what}: {}\n\n", markdown(report.run.as_str()));
    let from = match &report.origin {
        Origin::Base(base) => format!("from {} at", code_span(base)),
        Origin::Itself => "which was at".into(),
    };
    out += &format!("Into {}, {from} `{}`.\n\n", code_span(&report.branch), short(report.start));
    out += "| # | Task | Branch | Order | Result |\n|---|------|--------|-------|--------|\n";
    for (number, step) in (1..).zip(&report.steps) {
        out += &format!(
            "| {number} | {}: {} | {} | {} | {} |\n",
            markdown(step.task.short()),
            markdown(&step.title),
            code_span(&step.branch),
            markdown(words::reason(&step.why)),
            markdown(words::result(&step.result)),
        );
    }
    if let Some(method) = report.method {
        out += &format!("\nOrder: {}.\n", markdown(words::method(method)));
    }
    for step in &report.steps {
        out += &clashes(&step.result).iter().map(|clash| conflict(clash)).collect::<String>();
    }
    for line in report.left_out.iter().flat_map(words::left_out) {
        out += &format!("\n- left out: {}\n", markdown(line.trim()));
    }
    for retried in &report.retried {
        out += &format!("\n- note: {}\n", markdown(words::retried(retried)));
    }
    for warning in &report.warnings {
        out += &format!("\n- warning: {}\n", markdown(words::warning(warning)));
    }
    if let Some(graph) = &report.graph {
        let graph: String = graph.lines().map(|line| format!("{}\n", terminal(line.trim_end()))).collect();
        out += &format!("\n### Final Integration Log\n\n{}", block(&graph));
    }
    if let Some(checklist) = &report.checklist {
        out += &self::checklist(checklist);
    }
    out
}

fn clashes(result: &StepResult) -> Vec<&Clash> {
    match result {
        StepResult::Conflict(clashes) | StepResult::Resolved { clashes, .. } => clashes.iter().collect(),
        StepResult::Tentative(inner) => clashes(inner),
        _ => Vec::new(),
    }
}

fn conflict(clash: &Clash) -> String {
    let (ours, theirs) = words::sides(clash);
    let mut out = format!(
        "\n### {}\n\n{} and {}\n",
        markdown(words::conflict(clash)),
        markdown(&ours),
        markdown(&theirs)
    );
    if let Some(deeds) = words::deeds(clash) {
        out += &format!("\n{}\n", deeds.to_markdown());
    }
    for dispute in &clash.hunks {
        let (ours, theirs, place) = words::dispute(clash, dispute);
        let mut both = format!("<<<<<<< {ours}\n");
        both += &side(&dispute.hunk.ours);
        both += "=======\n";
        both += &side(&dispute.hunk.theirs);
        both += &format!(">>>>>>> {theirs}\n");
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        out += &format!("\nLine {}{}:\n\n{}", dispute.hunk.line, markdown(place), block(&both));
    }
    if let Some(proposal) = &clash.proposal {
        out += &match proposal.how {
            How::SameLines => {
                let kept: String = proposal.kept.iter().map(|lines| side(lines)).collect();
                format!("\nThe resolution is trivial - keep one copy:\n\n{}", block(&kept))
            }
            _ => format!("\n{}\n", markdown(words::proposal(proposal))),
        };
    }
    out
}

/// The text as a code block.
fn block(text: &str) -> String {
    let fence = fence(text);
    format!("{fence}\n{text}{fence}\n")
}

fn side(lines: &[bstr::BString]) -> String {
    lines.iter().map(|line| terminal(line.trim_end_with(|c| c == '\n' || c == '\r')) + "\n").collect()
}

/// The final checklist, exactly as S1-85 has it.
fn checklist(checklist: &Checklist) -> String {
    let mut out = String::from("\n### Final Checklist\n\n");
    for (done, what) in checklist.computed() {
        let more = if what.contains("branch created") {
            format!(": {}", code_span(&checklist.branch))
        } else {
            String::new()
        };
        out += &format!("- [{}] {what}{more}\n", if done { "x" } else { " " });
    }
    for what in TO_VERIFY {
        out += &format!("- [ ] {what} (user to verify)\n");
    }
    out
}
