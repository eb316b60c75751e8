namespace Siskin.Models.Graph.Serving;

/// <summary>One step of computing a block of candidates. Immutable once items are stored; what it needs for a request lies in the session.</summary>
internal abstract unsafe class CrossStep
{
    /// <summary>Number of the step within the plan. Set by the plan.</summary>
    public int Index { get; set; }

    /// <summary>Nodes whose values for the user it reads.</summary>
    public virtual IEnumerable<Node> UserNodes => [];

    /// <summary>Nodes whose values for items it stores.</summary>
    public virtual IEnumerable<Node> ItemNodes => [];

    /// <summary>Bytes that it keeps for all items.</summary>
    public virtual long ItemBytes => 0;

    /// <summary>Numbers that it keeps in a session.</summary>
    /// <param name="capacity">Candidates of a block.</param>
    public virtual long RoomFor(int capacity) => 0;

    /// <summary>Makes room for all items.</summary>
    public virtual void ReserveItems(int count, RowFormat format)
    {
    }

    /// <summary>Stores what depends on the items of a block alone.</summary>
    /// <param name="items">Values of the nodes for some items.</param>
    /// <param name="first">The first of them.</param>
    public virtual void StoreItems(Workspace items, int first)
    {
    }

    /// <summary>Computes what depends on the user alone.</summary>
    public virtual void StartRequest(ServingSession session)
    {
    }

    /// <summary>Computes the block.</summary>
    public abstract void Run(ServingSession session);
}
