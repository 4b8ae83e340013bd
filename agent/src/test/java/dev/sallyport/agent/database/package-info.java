@NullMarked
package dev.sallyport.agent.database;

import org.jspecify.annotations.NullMarked;
