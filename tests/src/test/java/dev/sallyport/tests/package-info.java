/// End to end with real clients; attacks, faults, benchmarks.
@NullMarked
package dev.sallyport.tests;

import org.jspecify.annotations.NullMarked;
