/// Recordings in forms that other programs and people read.
@NullMarked
package dev.sallyport.core.recording.export;

import org.jspecify.annotations.NullMarked;
