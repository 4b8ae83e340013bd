package dev.sallyport.cli.declared;

import dev.sallyport.cli.run.Failure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads YAML 1.2, and with it JSON.
///
/// Only what a configuration needs: texts, lists and maps. Anchors, aliases and tags are refused, so that nothing
/// stands for more than is written there, and nothing of the text chooses what is made of it.
final class Yaml {

    /// Deepest nesting of lists and maps.
    private static final int DEEPEST = 16;

    /// Most values in a file.
    private static final int MOST_VALUES = 200_000;

    private final String file;
    private final Iterator<Event> events;
    private int values;

    private Yaml(String file, Iterator<Event> events) {
        this.file = file;
        this.events = events;
    }

    /// The documents of a file; mostly one.
    ///
    /// @param file what to call it when something is wrong
    static List<Value> read(String file, String text) throws Failure {
        var settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(Math.max(1, text.length()))
                .build();
        try {
            return new Yaml(file, new Parse(settings).parseString(text).iterator()).documents();
        } catch (MarkedYamlEngineException e) {
            throw Failure.failed(
                    at(file, e.getProblemMark()) + ": this is not YAML: " + e.getProblem() + ". Nothing was changed.");
        } catch (YamlEngineException e) {
            throw Failure.failed(file + ": this is not YAML. Nothing was changed.");
        }
    }

    private List<Value> documents() throws Failure {
        var documents = new ArrayList<Value>();
        while (events.hasNext()) {
            var event = events.next();
            if (event instanceof NodeEvent node) {
                documents.add(value(node, 0));
            }
        }
        return documents;
    }

    private Value value(Event event, int depth) throws Failure {
        var place = place(event);
        if (event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
            throw wrong(place, "anchors and aliases (& and *) are not read here: write it out");
        }
        if ((event instanceof CollectionStartEvent start && start.getTag().isPresent())
                || (event instanceof ScalarEvent scalar && scalar.getTag().isPresent())) {
            throw wrong(place, "tags (!) are not read here");
        }
        if (depth > DEEPEST) {
            throw wrong(place, "this is nested too deeply");
        }
        if (++values > MOST_VALUES) {
            throw wrong(place, "there are more than " + MOST_VALUES + " values in this file");
        }
        return switch (event) {
            case ScalarEvent scalar -> scalar(scalar, place);
            case SequenceStartEvent _ -> items(place, depth);
            case MappingStartEvent _ -> fields(place, depth);
            default -> throw new IllegalStateException("no value begins with " + event.getEventId());
        };
    }

    private static Value scalar(ScalarEvent scalar, Place place) {
        var text = scalar.getValue();
        boolean plain = scalar.isPlain();
        return plain && (text.isEmpty() || text.equals("~") || text.equals("null"))
                ? new Value.Nothing(place)
                : new Value.Text(text, plain, place);
    }

    private Value items(Place place, int depth) throws Failure {
        var items = new ArrayList<Value>();
        for (var event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
            items.add(value(event, depth + 1));
        }
        return new Value.Items(List.copyOf(items), place);
    }

    private Value fields(Place place, int depth) throws Failure {
        var fields = new LinkedHashMap<String, Value>();
        for (var event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
            if (!(value(event, depth + 1) instanceof Value.Text name)) {
                throw wrong(place(event), "the name of a field is a text");
            }
            if (fields.put(name.text(), value(events.next(), depth + 1)) != null) {
                throw wrong(name.place(), "the field " + name.text() + " is there twice");
            }
        }
        return new Value.Fields(fields, place);
    }

    private Place place(Event event) {
        return new Place(
                file, event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1));
    }

    private static String at(String file, Optional<Mark> mark) {
        return mark.map(found -> new Place(file, found.getLine() + 1).toString())
                .orElse(file);
    }

    private static Failure wrong(Place place, String sentence) {
        return Failure.failed(place + ": " + sentence + ". Nothing was changed.");
    }
}
