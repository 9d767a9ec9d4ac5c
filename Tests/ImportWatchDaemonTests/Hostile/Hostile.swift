import Testing

/// The daemon under attack: one test at a time, because many of them measure how soon it answers and stops.
@Suite(.serialized) enum Hostile {}
