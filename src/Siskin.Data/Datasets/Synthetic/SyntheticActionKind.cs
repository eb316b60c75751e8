namespace Siskin.Data.Datasets.Synthetic;

/// <summary>What a synthetic user does; all but a click follow a click on the same item.</summary>
internal enum SyntheticActionKind
{
    Click = 0,
    Like = 1,
    Rating = 2,
    Purchase = 3,
}
