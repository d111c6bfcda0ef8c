// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How the consortium decides
/// @notice A proposal is a call that the registry will make to itself: the ABI of the changes describes every kind of
/// proposal, so that any tool can show voters what they vote on. Votes belong to institutions, not to addresses.
/// At execution only votes of institutions that are then active and hold the role `member` count, against
/// the threshold that then holds.
interface IRegistryVoting {
    /// @notice A proposal as it stands now.
    /// @param votes how many of `voters` count now.
    struct ProposalView {
        bytes32 proposer;
        uint64 openedBlock;
        uint64 expiresAt;
        bool executed;
        uint32 votes;
        bytes32[] voters;
        bytes change;
    }

    /// @param change the call that the registry makes to itself: selector and arguments.
    /// @param expiresAt last second (block time) in which it can be voted on and executed.
    event ProposalOpened(uint256 indexed id, bytes32 indexed proposer, uint64 expiresAt, bytes change);
    event VoteCast(uint256 indexed id, bytes32 indexed member);
    event VoteWithdrawn(uint256 indexed id, bytes32 indexed member);
    event ProposalExecuted(uint256 indexed id);
    event ThresholdChanged(uint32 previousThreshold, uint32 threshold);
    event VotingPeriodChanged(uint64 previousPeriod, uint64 period);

    /// @notice Changes are made by proposals, never called from outside.
    error ConsortiumRegistryOnlyByVote(address caller);
    /// @notice The caller is no institution's admin.
    error ConsortiumRegistryNotAdmin(address caller);
    /// @notice The institution is suspended.
    error ConsortiumRegistryNotActive(bytes32 member);
    /// @notice The institution does not hold the role `member`.
    error ConsortiumRegistryNotVoter(bytes32 member);
    /// @notice The proposed call is none of the changes.
    error ConsortiumRegistryUnknownChange(bytes4 selector);
    /// @notice The proposed call is longer than 16 KiB.
    error ConsortiumRegistryChangeTooLong(uint256 length);
    /// @notice The proposed call failed without saying why; its arguments are not encoded as the ABI says.
    error ConsortiumRegistryChangeFailed(uint256 id);
    error ConsortiumRegistryUnknownProposal(uint256 id);
    error ConsortiumRegistryProposalAlreadyExecuted(uint256 id);
    error ConsortiumRegistryProposalExpired(uint256 id, uint64 expiresAt);
    error ConsortiumRegistryAlreadyVoted(uint256 id, bytes32 member);
    error ConsortiumRegistryNotVoted(uint256 id, bytes32 member);
    error ConsortiumRegistryNotEnoughVotes(uint256 id, uint32 votes, uint32 threshold);
    /// @notice The threshold is 1 to the number of active voting members.
    error ConsortiumRegistryInvalidThreshold(uint32 threshold, uint32 voters);
    /// @notice The voting period is one hour to 366 days.
    error ConsortiumRegistryInvalidVotingPeriod(uint64 period);
    /// @notice Without this institution nobody could vote any more.
    error ConsortiumRegistryLastVoter(bytes32 member);
    /// @notice More than 256 voting members would make counting too dear for a block.
    error ConsortiumRegistryTooManyVoters();

    /// @notice Opens a proposal, which is also the proposer's vote; executes at once where one vote is enough.
    /// @param change `abi.encodeCall` of one of the changes; an unknown selector is refused here.
    /// @return id from 1, never reused.
    function propose(bytes calldata change) external returns (uint256 id);

    /// @notice Votes for a proposal, and executes it in the vote that reaches the threshold. When the change cannot be
    /// made, the vote reverts with the change's own error: no vote is spent on a change that did not happen.
    function vote(uint256 id) external;

    /// @notice Takes the caller's vote back while the proposal is open (an admin key was stolen, a fact was wrong).
    function withdrawVote(uint256 id) external;

    /// @notice Executes a proposal that has enough votes without a new one: the membership or the threshold changed.
    function execute(uint256 id) external;

    function proposal(uint256 id) external view returns (ProposalView memory);

    /// @return the number of proposals ever opened, which is also the last id.
    function proposalCount() external view returns (uint64);

    function threshold() external view returns (uint32);

    /// @return the number of active institutions with the role `member`.
    function voterCount() external view returns (uint32);

    /// @return seconds for which a new proposal stays open.
    function votingPeriod() external view returns (uint64);
}
