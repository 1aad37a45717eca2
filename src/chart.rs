//! The chart: scales, ticks, hit-testing and the scene are pure; the painters are thin.
