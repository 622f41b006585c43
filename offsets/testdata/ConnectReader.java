import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.apache.kafka.connect.storage.KafkaOffsetBackingStore;
import org.apache.kafka.connect.storage.OffsetStorageReaderImpl;
import org.apache.kafka.connect.util.TopicAdmin;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Reads offsets as a worker of Kafka Connect does for a source connector that
 * starts. Arguments: brokers, topic, value of "server", names of connectors.
 * Prints a line of JSON for each connector, null where Connect has no offset
 * for it.
 */
public class ConnectReader {
    public static void main(String[] args) throws Exception {
        String brokers = args[0], topic = args[1], server = args[2];
        JsonConverter keys = converter(true), values = converter(false);
        Map<String, Object> client = new HashMap<>();
        client.put("bootstrap.servers", brokers);
        client.put("key.deserializer", ByteArrayDeserializer.class);
        client.put("value.deserializer", ByteArrayDeserializer.class);
        client.put("auto.offset.reset", "earliest");
        client.put("enable.auto.commit", "false");
        KafkaOffsetBackingStore store = KafkaOffsetBackingStore.readOnlyStore(topic, new KafkaConsumer<>(client),
                new TopicAdmin(Map.of("bootstrap.servers", brokers)), keys);
        store.configure(worker(brokers, topic));
        store.start();
        ObjectMapper json = new ObjectMapper();
        for (String connector : List.of(args).subList(3, args.length)) {
            OffsetStorageReaderImpl reader = new OffsetStorageReaderImpl(store, connector, keys, values);
            Map<String, Object> offset = reader.offset(Map.of("server", server));
            System.out.println(json.writeValueAsString(offset == null ? null : new TreeMap<>(offset)));
        }
        store.stop();
    }

    /** The least that a worker's configuration must say. */
    private static DistributedConfig worker(String brokers, String topic) {
        Map<String, String> config = new HashMap<>();
        config.put("bootstrap.servers", brokers);
        config.put("group.id", "reader");
        config.put("offset.storage.topic", topic);
        config.put("config.storage.topic", "unused");
        config.put("status.storage.topic", "unused");
        config.put("key.converter", JsonConverter.class.getName());
        config.put("value.converter", JsonConverter.class.getName());
        return new DistributedConfig(config);
    }

    /** The converter that a worker uses for its own topics. */
    private static JsonConverter converter(boolean ofKeys) {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false"), ofKeys);
        return converter;
    }
}
