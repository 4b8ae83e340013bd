package dev.sallyport.agent.database;

import dev.sallyport.inspect.database.Judge;
import dev.sallyport.inspect.database.Masking;
import dev.sallyport.inspect.database.Wire;

/// What stands between the client and the server of one session.
///
/// @param recorded masks the text of statements in the recording: what the session's masking masks, and in any case
///     credentials
record Inspection(Wire wire, Judge judge, Masking recorded) {}
