//! The planner: the manual's pages, derived files, limits and Parquet. One binary for all of them: each would link the whole engine.

mod examples;
mod generated;
mod limits;
mod outside;
mod pages;
mod parquet;
