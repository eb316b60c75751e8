using Siskin.Data.Catalogue;
using Siskin.Serving.Candidates;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Candidates;

public sealed class CandidateBufferTests
{
    private readonly ServingSnapshot _snapshot = SmallRelease.WithItems(2000).Hold().Current;

    [Fact]
    public void An_item_that_two_channels_found_has_one_slot_with_both_places()
    {
        var buffer = new CandidateBuffer();
        buffer.Begin(2);
        buffer.Merge(Lease((5, 0.5), (7, 0.25)), 0);
        buffer.Merge(Lease((7, 9), (8, 8)), 1);

        Assert.Equal(3, buffer.Count);
        Assert.Equal([5, 7, 8], buffer.Rows[..3]);
        Assert.Equal<ushort>([1, 0, 2, 1, 0, 2], buffer.Places[..6]);
        Assert.Equal([0.5f, 0, 0.25f, 9, 0, 8], buffer.ChannelScores[..6]);
    }

    [Fact]
    public void A_channel_that_offers_an_item_twice_keeps_its_better_place()
    {
        var buffer = new CandidateBuffer();
        buffer.Begin(1);
        buffer.Merge(Lease((5, 3), (6, 2), (5, 1)), 0);

        Assert.Equal(2, buffer.Count);
        Assert.Equal<ushort>([1, 2], buffer.Places[..2]);
        Assert.Equal([3f, 2f], buffer.ChannelScores[..2]);
    }

    [Fact]
    public void Sorting_puts_the_best_first_and_breaks_ties_by_the_lower_row()
    {
        var buffer = new CandidateBuffer();
        buffer.Begin(1);
        buffer.Merge(Lease((9, 1), (3, 1), (4, 1), (1, 1)), 0);
        buffer.SortAndKeep([0.5f, 0.5f, 2f, 0.5f], 3);

        Assert.Equal(3, buffer.OrderCount);
        Assert.Equal([4, 1, 3], buffer.Order[..3].Select(slot => buffer.Rows[slot]));
    }

    [Fact]
    public void A_buffer_used_again_remembers_nothing_and_grows_with_what_is_found()
    {
        var buffer = new CandidateBuffer();
        for (var round = 1; round <= 4; round++)
        {
            buffer.Begin(3);
            Assert.Equal(0, buffer.Count);
            var lease = Lease([.. Enumerable.Range(0, round * 450).Select(row => (row, 1.0 / (row + 1)))]);
            buffer.Merge(Lease((1999, 1)), 0);
            buffer.Merge(lease, 2);
            Assert.Equal((round * 450) + 1, buffer.Count);
            for (var slot = 1; slot < buffer.Count; slot++)
            {
                Assert.Equal(slot - 1, buffer.Rows[slot]);
                Assert.Equal(0, buffer.Places[slot * 3]);
                Assert.Equal(0, buffer.Places[(slot * 3) + 1]);
                Assert.Equal(slot, buffer.Places[(slot * 3) + 2]);
            }
        }
    }

    private ChannelLease Lease(params (int Row, double Score)[] offers)
    {
        var lease = new ChannelLease();
        lease.Begin(offers.Length, new CandidateFilter(null, -1, _snapshot.Items, new RowMap(), CatalogueSchema.Default), _snapshot.Items);
        foreach (var (row, score) in offers)
        {
            lease.Offer(row, score);
        }

        return lease;
    }
}
