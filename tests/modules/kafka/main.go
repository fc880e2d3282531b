package main

import (
	"fmt"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	_, version := kafka.LibraryVersion()
	cluster, err := kafka.NewMockCluster(1)
	check(err)
	defer cluster.Close()
	producer, err := kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": cluster.BootstrapServers(), "compression.type": "zstd"})
	check(err)
	topic := "topic"
	delivered := make(chan kafka.Event, 1)
	check(producer.Produce(&kafka.Message{
		TopicPartition: kafka.TopicPartition{Topic: &topic, Partition: kafka.PartitionAny},
		Value:          []byte("a message"),
	}, delivered))
	message := (<-delivered).(*kafka.Message)
	check(message.TopicPartition.Error)
	producer.Close()

	consumer, err := kafka.NewConsumer(&kafka.ConfigMap{
		"bootstrap.servers": cluster.BootstrapServers(), "group.id": "group", "auto.offset.reset": "earliest"})
	check(err)
	check(consumer.Subscribe(topic, nil))
	got, err := consumer.ReadMessage(60 * time.Second)
	check(err)
	check(consumer.Close())
	_, err = kafka.NewProducer(&kafka.ConfigMap{"no.such.setting": "1"})
	fmt.Printf("librdkafka %s: %s at %d; %v\n", version, got.Value, message.TopicPartition.Offset, err)
}
