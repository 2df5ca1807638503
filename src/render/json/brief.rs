//! Briefs as JSON, version 1: the prompt, and what a launcher needs beside it.

use serde::Serialize;

use crate::model::brief::{Brief, Kind};
use crate::render::json::document;
use crate::render::markdown::brief::prompt;

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Document {
    /// 1.
    pub version: u32,
    /// `kickoff`, `tasks`, `resume` or `continue`.
    pub kind: &'static str,
    /// One for each task that was asked for, in the plan's order.
    pub briefs: Vec<One>,
}

/// One brief.
#[derive(Debug, Serialize)]
pub struct One {
    /// The run's name.
    pub run: String,
    /// Full name of the task.
    pub task: String,
    /// Its number in the plan.
    pub number: u32,
    /// For people.
    pub title: String,
    /// Short name of its branch.
    pub branch: String,
    /// Its worktree, relative to the main one.
    pub worktree: String,
    /// The patterns of its scope.
    pub scope: Vec<String>,
    /// What is to be done.
    pub steps: Vec<String>,
    /// What the worker commits after.
    pub checkpoints: Vec<String>,
    /// Full names of the tasks that it needs.
    pub needs: Vec<String>,
    /// The text to hand to the worker.
    pub prompt: String,
}

/// The document as text.
pub fn brief(briefs: &[Brief], kind: Kind) -> String {
    let kind_name = match kind {
        Kind::Kickoff => "kickoff",
        Kind::Tasks => "tasks",
        Kind::Resume => "resume",
        Kind::Continue => "continue",
    };
    let briefs = briefs.iter().map(|brief| one(brief, kind)).collect();
    document(&Document { version: 1, kind: kind_name, briefs })
}

fn one(brief: &Brief, kind: Kind) -> One {
    One {
        run: brief.run.to_string(),
        task: brief.task.to_string(),
        number: brief.number,
        title: brief.title.clone(),
        branch: brief.branch.clone(),
        worktree: brief.worktree.clone(),
        scope: brief.scope.iter().map(|line| line.path.clone()).collect(),
        steps: brief.steps.clone(),
        checkpoints: brief.checkpoints.clone(),
        needs: brief.needs.iter().map(|need| need.task.to_string()).collect(),
        prompt: prompt(brief, kind),
    }
}
