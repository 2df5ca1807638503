//! The status report (S1-61 to S1-70): headings, table, log and lists in exactly that form.

use crate::model::age::Age;
use crate::model::status::state::State;
use crate::model::status::{RunStatus, TaskStatus};
use crate::render::escape;
use crate::render::markdown::fence;
use crate::render::words::phrase;
use crate::render::words::{self, action, count, drift, issue};

/// The report. `time_of_day` stands in its heading, such as `2:30 PM`.
pub fn status(status: &RunStatus, time_of_day: &str) -> String {
    let mut sections = vec![format!("## Worker Status Report - {time_of_day}\n"), table(status), log(status)];
    sections.push(section("Detected Issues", issues(status), "No issues."));
    sections.push(section("Recommended Actions", actions(status), "Nothing to do."));
    if !status.drift.is_empty() {
        sections.push(section("Drift", vec![drift(status)], ""));
    }
    if !status.unknown.is_empty() {
        let lines = status.unknown.iter().map(|what| format!("- {}\n", escape::markdown(what)));
        sections.push(section("Unknown", vec![lines.collect()], ""));
    }
    sections.extend(words::scope_only(status).map(|note| format!("{note}\n")));
    sections.join("\n")
}

fn table(status: &RunStatus) -> String {
    let mut out = String::from("| Worker | Branch | Last Commit | Age | Status |\n");
    out += "|--------|--------|-------------|-----|--------|\n";
    for task in &status.tasks {
        let age = task.log.last().map(|entry| Age::between(entry.time, status.now));
        let (last, age) = age.map_or(("-".into(), "-".into()), |age| (format!("{age} ago"), age.to_string()));
        out += &format!(
            "| {} | {} | {last} | {age} | {} |\n",
            escape::markdown(task.name.short()),
            escape::markdown(&task.branch),
            phrase::status(&words::status(task)),
        );
    }
    out
}

fn log(status: &RunStatus) -> String {
    let tasks: Vec<String> = status.tasks.iter().map(task_log).collect();
    format!("### Commit Log Summary\n\n{}", tasks.join("\n"))
}

fn task_log(task: &TaskStatus) -> String {
    let mut out =
        format!("**{} ({}):**\n", escape::markdown(task.name.as_str()), count(task.log.len(), "commit"));
    for entry in &task.log {
        let text = escape::markdown(&entry.text);
        match &entry.prefix {
            Some(prefix) if text.is_empty() => {
                out += &format!("- {}\n", escape::code_span(prefix.to_string()))
            }
            Some(prefix) => out += &format!("- {} {text}\n", escape::code_span(prefix.to_string())),
            None => out += &format!("- {text}\n"),
        }
    }
    match &task.state {
        State::Waiting(need) => {
            out += &format!("- *(waiting for {})*\n", escape::markdown(need.task.short()))
        }
        State::Pending => out += "- *(not started)*\n",
        _ => {}
    }
    out
}

fn issues(status: &RunStatus) -> Vec<String> {
    let item = |(place, issue): (usize, _)| {
        let wording = issue::wording(issue);
        let points = wording.points.iter().map(|point| format!("   - {}\n", point.to_markdown()));
        format!("{}. **{}:**\n{}", place + 1, wording.title, points.collect::<String>())
    };
    status.issues.iter().enumerate().map(item).collect()
}

fn actions(status: &RunStatus) -> Vec<String> {
    let item = |(place, action): (usize, _)| {
        let wording = action::wording(action, status);
        let mut out = format!("{}. {}\n", place + 1, wording.line.to_markdown());
        if !wording.block.is_empty() {
            let fence = fence(&wording.block.join("\n"));
            let lines: String = wording.block.iter().map(|line| format!("   {line}\n")).collect();
            out += &format!("   {fence}\n{lines}   {fence}\n");
        }
        out
    };
    status.actions.iter().enumerate().map(item).collect()
}

fn drift(status: &RunStatus) -> String {
    let lines = drift::lines(&status.drift).into_iter().map(|line| format!("- {}\n", line.to_markdown()));
    let mut out: String = lines.collect();
    for (task, scope) in drift::proposals(&status.drift) {
        let fence = fence(&scope);
        out += &format!(
            "\nA scope for {} that fits its work:\n\n{fence}toml\n{scope}{fence}\n",
            escape::markdown(task)
        );
    }
    out
}

fn section(title: &str, items: Vec<String>, otherwise: &str) -> String {
    let body = if items.is_empty() { format!("{otherwise}\n") } else { items.join("\n") };
    format!("### {title}\n\n{body}")
}

#[cfg(test)]
mod tests {
    use crate::model::status::sample;

    #[test]
    fn the_report_has_the_form_of_the_scenario() {
        let needs = "[NEEDS:task-2/AnalyticsEvent] Summary endpoint";
        let facts = sample::facts([
            &["[CHECKPOINT] Blueprint", needs, "[CHECKPOINT] Events"],
            &["[COMPLETE] Models"],
            &[],
        ]);
        let report = super::status(&sample::status(&facts, 48), "2:30 PM");
        assert_eq!(
            report,
            "\
## Worker Status Report - 2:30 PM

| Worker | Branch | Last Commit | Age | Status |
|--------|--------|-------------|-----|--------|
| task-1 | work/task-1-api-endpoints | 45m ago | 45m | [NEEDS:task-2/AnalyticsEvent] |
| task-2 | work/task-2-models-migrations | 47m ago | 47m | [COMPLETE] |
| task-3 | work/task-3-frontend | - | - | pending |

### Commit Log Summary

**task-1-api-endpoints (3 commits):**
- `[CHECKPOINT]` Blueprint
- `[NEEDS:task-2/AnalyticsEvent]` Summary endpoint
- `[CHECKPOINT]` Events
- *(waiting for task-2)*

**task-2-models-migrations (1 commit):**
- `[COMPLETE]` Models

**task-3-frontend (0 commits):**
- *(not started)*

### Detected Issues

1. **Cross-dependency resolved:**
   - task-1 needed `task-2/AnalyticsEvent`
   - task-2 is now [COMPLETE]
   - Action: Notify task-1 to merge task-2 and continue

### Recommended Actions

1. Send resume prompt to Worker 1:
   ```
   task-2 (models) is complete. Merge and continue:
   git worker merge task-2
   ```

2. Send kickoff prompt to Worker 3:
   ```
   git orchestrate brief task-3
   ```
"
        );
    }

    #[test]
    fn a_subject_cannot_forge_the_report() {
        let facts = sample::facts([
            &["[BLOCKED:x | [COMPLETE] |] y", "[BLOCKED:a|b <img>] **bold** [link](http://x)"],
            &[],
            &[],
        ]);
        let report = super::status(&sample::status(&facts, 10), "now");
        assert!(
            report.contains("| [BLOCKED:a\\|b &lt;img&gt;] |\n"),
            "a reason stays in its cell:\n{report}"
        );
        assert!(report.contains("\\*\\*bold\\*\\* \\[link\\](http://x)\n"), "a subject is text:\n{report}");
        assert!(!report.contains("| [COMPLETE] |"), "no other status can be faked:\n{report}");
    }
}
