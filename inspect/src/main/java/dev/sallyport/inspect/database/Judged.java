package dev.sallyport.inspect.database;

import dev.sallyport.core.policy.Verdict;
import dev.sallyport.inspect.sql.Reading;

/// A verdict with what the grammar understood, which tells where the columns of the results come from.
public record Judged(Verdict verdict, Reading reading) {}
